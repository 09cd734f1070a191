import { authorize } from "@/lib/access/authorize";
import { encodeRow } from "@/lib/compute/online-row";
import { MARKS } from "@/lib/engines/online/table-notes";
import { LarderError } from "@/lib/kernel/errors";
import { notePushes } from "@/lib/materialization/online-tables";
import type { Context } from "@/lib/platform/context";
import { readersFollow, tableFor } from "./online-table";
import { checkRows, type RowIn } from "./pushed-rows";
import { type PushedRows, requireRowCount } from "./schema";
import { nextPlaces, type PushTarget } from "./target";

/**
 * Puts rows online and nowhere else; when it resolves they are durable and every reader sees them. A row is kept when it is
 * the greatest of its key in the total order: whatever the order of calls, they end in one state. Asks the database only
 * the first time anything of a group goes online. Throws the code of the first bad row, and `state_conflict`.
 */
export async function pushOnline(ctx: Context, target: PushTarget, sent: readonly RowIn[]): Promise<PushedRows> {
  authorize(ctx, "online.write", `feature_group:${target.name}`);
  requireRowCount(sent);
  const { rows, warnings } = checkRows(target, sent, ctx.clock.now());
  const places = nextPlaces(ctx.clock, rows.length);
  const table = await tableFor(ctx, target);
  await notePushes(ctx.online, table.name);
  const { written } = await ctx.online.putMany(
    table.name,
    rows.map(({ key, eventTime, createdTime, values }, at) => ({
      key,
      row: encodeRow(
        table.schema,
        {
          eventTime,
          createdTime: createdTime ?? places.createdTime,
          commitSequence: target.headSequence,
          rowNumber: places.rowNumber + at,
        },
        values,
      ),
    })),
  );
  await ctx.online.flush();
  await requireTable(ctx, target, table.name);
  await readersFollow(ctx.online, target.id, table);
  return { accepted: rows.length, written, warnings };
}

/** Whoever did not hear for a while that the rows have moved may have put them where nobody reads any more. */
async function requireTable(ctx: Context, { name }: PushTarget, table: string): Promise<void> {
  const [mark] = await ctx.online.getMany(MARKS, [[table]]);
  if (mark === null)
    throw new LarderError("dependency_unavailable", `The online rows of ${name} were moved or lost; push again`, [], {
      retryAfterSeconds: 1,
    });
}
