import type { Column } from "@/lib/kernel/values";

/** One column of a preview: how many of its values are null, and what it is. */
export type NullRow = { name: string; type: string; role: string; nulls: number };

/** The columns of a preview with their nulls: features first, the emptiest before others, then the rows' own columns in their order. */
export function prepareNulls(preview: {
  columns: readonly Column[];
  spineColumns: readonly Column[];
  nullCounts: Readonly<Record<string, number>>;
  timestampColumn: string;
  label: string;
}): NullRow[] {
  const own = new Set(preview.spineColumns.map((column) => column.name));
  const roleOf = (name: string): string => {
    if (name === preview.timestampColumn) return "time of the row";
    if (name === preview.label) return "label";
    return own.has(name) ? "your rows" : "feature";
  };
  const rows = preview.columns.map(({ name, type }) => ({
    name,
    type,
    role: roleOf(name),
    nulls: preview.nullCounts[name] ?? 0,
  }));
  const features = rows.filter((row) => !own.has(row.name)).sort((a, b) => b.nulls - a.nulls);
  return [...features, ...rows.filter((row) => own.has(row.name))];
}
