import type { EntitySummary, ViewSummary } from "@/lib/registry/schema";

type Join = ViewSummary["joins"][number];

/** The columns that a spine must have for a view: its join keys under the names they are mapped to. */
export function keyColumns(
  joins: readonly Join[],
  joinKeysOf: ReadonlyMap<string, EntitySummary["joinKeys"]>,
): { name: string; type: string }[] {
  const columns = new Map<string, string>();
  for (const join of joins) {
    for (const key of joinKeysOf.get(join.group) ?? []) columns.set(join.keys[key.name] ?? key.name, key.type);
  }
  return [...columns].map(([name, type]) => ({ name, type }));
}

function example(type: string): unknown {
  if (type.endsWith("]")) return [];
  if (/^(?:INT|FLOAT|DECIMAL)/.test(type)) return 1;
  if (type === "BOOL") return true;
  if (type === "DATE") return "2001-06-30";
  if (type === "TIMESTAMP") return "2001-06-30T12:00:00Z";
  return "…";
}

function curl(origin: string, path: string, body: unknown): string {
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  return `curl -s -X POST '${origin}/api/v1${path}' \\\n  -H 'content-type: application/json' \\\n  -d '${json}'`;
}

/** How a service reads a view online, and how a data scientist joins it to history; ready to paste. */
export function viewSnippets(
  origin: string,
  view: ViewSummary,
  keys: { name: string; type: string }[],
  known: Record<string, unknown>,
): { online: string; historical: string } {
  const row = Object.fromEntries(keys.map((key) => [key.name, known[key.name] ?? example(key.type)]));
  const asked = Object.fromEntries(view.requestData.map(({ name, type }) => [name, example(type)]));
  const sent = view.requestData.length > 0 ? { request_data: asked } : {};
  return {
    online: curl(origin, "/features/batch", { view: view.name, entity_ids: [row], ...sent }),
    historical: curl(origin, "/features/historical", {
      view: view.name,
      entity_df: [{ ...row, ...asked, [view.spine?.timestampColumn ?? "event_timestamp"]: "2001-06-30T12:00:00Z" }],
      timestamp_column: view.spine?.timestampColumn ?? "event_timestamp",
    }),
  };
}
