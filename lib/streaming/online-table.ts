import { setTimeout as sleep } from "node:timers/promises";
import { rowSchema } from "@/lib/compute/online-row";
import type { OnlineStore } from "@/lib/engines/online/port";
import { discardTable } from "@/lib/engines/online/table-notes";
import { LarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import { READERS_FOLLOW_MS } from "@/lib/materialization/left-tables";
import { newTableName, putMark, readMarks } from "@/lib/materialization/online-tables";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { onlineColumns, type PushTarget, requireUsable } from "./target";

type Table = NonNullable<PushTarget["table"]>;

/**
 * The table that pushed rows go into; a group that was never materialized gets its first one, empty and of no commit.
 * Throws `state_conflict` when the group has other columns by now, `dependency_unavailable` when the store has lost the table.
 */
export async function tableFor(ctx: Context, target: PushTarget): Promise<Table> {
  const table = target.table ?? (await firstTable(ctx, target));
  requireUsable(target, table);
  return table;
}

/** Of each group the table that all readers have by now, so that it is waited for once. */
const followed = new WeakMap<OnlineStore, Map<string, string>>();

/**
 * Waits until every reader has the table that rows were put into, whoever made it: until it is old enough, and never longer
 * than a new one takes, whatever the clocks say. After the rows, for a table may be left while somebody waits.
 */
export async function readersFollow(store: OnlineStore, groupId: string, table: Table): Promise<void> {
  const { name, materializedAt } = table;
  const tables = followed.get(store) ?? new Map<string, string>();
  followed.set(store, tables);
  if (tables.get(groupId) === name) return;
  const rest = READERS_FOLLOW_MS - (Date.now() - materializedAt.getTime());
  if (rest > 0) await sleep(Math.min(rest, READERS_FOLLOW_MS));
  tables.set(groupId, name);
}

/** The table that readers of a group use, or null. */
export async function findTable(ctx: Context, groupId: string): Promise<Table | null> {
  const found = await ctx.db.materialization.findUnique({ where: { groupId } });
  if (!found) return null;
  const [mark] = await readMarks(ctx.online, [found.onlineTable]);
  const fault = mark === null ? "lost" : null;
  const schema = rowSchema(found.columns as Column[]);
  return { name: found.onlineTable, schema, materializedAt: found.updatedAt, fault };
}

async function firstTable(ctx: Context, target: PushTarget): Promise<Table> {
  // The caller's catalog may be older than the first materialization.
  const known = await findTable(ctx, target.id);
  if (known) return known;
  const onlineTable = newTableName(target.id, 0);
  await putMark(ctx.online, onlineTable, 0);
  await transaction(ctx.db, async (tx) => {
    // The project first, as wherever definitions change: who deletes the group at this moment waits, or is waited for.
    await tx.$queryRaw`SELECT "id" FROM "Project" WHERE "id" = ${ctx.project.id} FOR NO KEY UPDATE`;
    if ((await tx.featureGroup.count({ where: { id: target.id } })) === 0)
      throw new LarderError("feature_group_not_found", `Feature group ${target.name} was deleted meanwhile`);
    const { count } = await tx.materialization.createMany({
      data: [{ groupId: target.id, onlineTable, columns: onlineColumns(target), watermarkSequence: 0, rowCount: 0 }],
      skipDuplicates: true,
    });
    if (count > 0) await tx.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
  });
  const table = await findTable(ctx, target.id);
  if (table?.name !== onlineTable) await discardTable(ctx.online, onlineTable);
  if (!table) throw new LarderError("feature_group_not_found", `Feature group ${target.name} was deleted meanwhile`);
  return table;
}
