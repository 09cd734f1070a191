import type { ColumnProfile, Shape } from "@/lib/engines/offline/port";
import { maskStatistics } from "@/lib/registry/mask-personal";
import type { ComparedColumn, ComparedFeature } from "./comparison-schema";

/** How a group's rows were laid out at a moment, with the statistics that are known of its features. */
export type Side = { shape: Shape; profiles: Map<string, ColumnProfile> };

type RoleOf = Omit<ComparedColumn, "from" | "to"> & { type: string };

/** Every column of either side with its type on both: as the newer side has them, then those that it lost. Pure. */
export function compareColumns(from: Shape, to: Shape): ComparedColumn[] {
  const [before, after] = [rolesOf(from), rolesOf(to)];
  const typeIn = (columns: RoleOf[], { name, role }: RoleOf): string | null =>
    columns.find((column) => column.name === name && column.role === role)?.type ?? null;
  const lost = before.filter((column) => typeIn(after, column) === null);
  return [...after, ...lost].map((column) => ({
    name: column.name,
    role: column.role,
    from: typeIn(before, column),
    to: typeIn(after, column),
  }));
}

function rolesOf({ keys, eventTime, createdTime, features }: Shape): RoleOf[] {
  return [
    ...keys.map(({ name, type }) => ({ name, type, role: "key" as const })),
    { name: eventTime, type: "TIMESTAMP", role: "event_time" },
    ...(createdTime ? [{ name: createdTime, type: "TIMESTAMP", role: "created_time" as const }] : []),
    ...features.map(({ name, type }) => ({ name, type, role: "feature" as const })),
  ];
}

/** The statistics of every feature of either side, in the order of `compareColumns`. What is masked keeps its counts. Pure. */
export function compareFeatures(
  from: Side,
  to: Side,
  about: (feature: string) => { unit: string | null; masked: boolean },
): ComparedFeature[] {
  return compareColumns(from.shape, to.shape)
    .filter(({ role }) => role === "feature")
    .map((column) => {
      const { unit, masked } = about(column.name);
      const shown = (side: Side, type: string | null): ComparedFeature["from"] => {
        const found = type === null ? undefined : side.profiles.get(column.name);
        if (!found) return null;
        const { trend: _trend, ...rest } = masked ? maskStatistics(found) : found;
        return rest;
      };
      return { feature: column.name, unit, masked, from: shown(from, column.from), to: shown(to, column.to) };
    });
}
