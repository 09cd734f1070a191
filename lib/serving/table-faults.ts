import type { OnlineStore } from "@/lib/engines/online/port";
import { MARKS } from "@/lib/engines/online/table-notes";
import { LarderError } from "@/lib/kernel/errors";
import { findAhead } from "@/lib/materialization/ahead";
import { readMarks } from "@/lib/materialization/online-tables";
import type { Context } from "@/lib/platform/context";
import { PlanCache } from "./plan-cache";
import type { ServedGroup, ServingCatalog, TableFault } from "./serving-catalog";

/**
 * The catalog with what is wrong with its tables, or the same one when nothing changed: each table's mark in the store is
 * compared with history. A store that does not answer tells nothing, and what was known stays.
 */
export async function withFaults(
  ctx: Pick<Context, "db" | "online">,
  catalog: ServingCatalog,
): Promise<ServingCatalog> {
  const served = catalog.groups.flatMap((group) => (group.table ? [{ group, name: group.table.name }] : []));
  if (served.length === 0) return catalog;
  const found = await readMarks(
    ctx.online,
    served.map(({ name }) => name),
  );
  const marked = served.map(({ group: { id } }, at) => ({ id, mark: found[at] ?? null }));
  // The catalog's heads may be older than the marks, and a commit's id is asked for only where there is one.
  const heads = await headsOf(ctx, marked);
  const ahead = await findAhead(
    ctx,
    marked.map(({ id, mark }) => ({ id, mark, headSequence: heads.get(id) ?? Number.POSITIVE_INFINITY })),
  );
  const faults = new Map<ServedGroup, TableFault | null>(
    served.map(({ group }, at) => [group, marked[at]?.mark === null ? "lost" : ahead.has(group.id) ? "ahead" : null]),
  );
  if (served.every(({ group }) => faults.get(group) === group.table?.fault)) return catalog;
  const groups = catalog.groups.map((group) =>
    group.table ? { ...group, table: { ...group.table, fault: faults.get(group) ?? null } } : group,
  );
  return { ...catalog, groups, plans: new PlanCache() };
}

type Marked = { id: string; mark: { commitId: string | null } | null };

async function headsOf({ db }: Pick<Context, "db">, marked: readonly Marked[]): Promise<Map<string, number>> {
  const ids = marked.flatMap(({ id, mark }) => (mark && mark.commitId === null ? [id] : []));
  if (ids.length === 0) return new Map();
  const groups = await db.featureGroup.findMany({
    where: { id: { in: ids } },
    select: { id: true, headSequence: true },
  });
  return new Map(groups.map(({ id, headSequence }) => [id, headSequence]));
}

/** Throws unless the store still has the tables of these groups. */
export async function requireMarks(online: OnlineStore, groups: readonly ServedGroup[]): Promise<void> {
  const marks = await online.getMany(
    MARKS,
    groups.map(({ table }) => [table?.name ?? ""]),
  );
  const lost = groups.find((_, at) => marks[at] === null);
  if (lost)
    throw new LarderError(
      "dependency_unavailable",
      `The online rows of ${lost.name} were moved or lost; try again`,
      [],
      { retryAfterSeconds: 1 },
    );
}

/** Throws what a read of the group's table must be told instead of a value. */
export function requireSound({ name, table }: ServedGroup): void {
  if (table?.fault === "ahead")
    throw new LarderError(
      "online_ahead",
      `The online rows of ${name} are of commits that its history does not have; rebuild them`,
      [],
      { retryAfterSeconds: 60 },
    );
  if (table?.fault === "lost")
    throw new LarderError(
      "dependency_unavailable",
      `The online store has lost the rows of ${name}; materialize it again`,
      [],
      { retryAfterSeconds: 60 },
    );
}
