import { setTimeout as sleep } from "node:timers/promises";
import { authorize } from "@/lib/access/authorize";
import { requireGroup } from "@/lib/datasets/load-table";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { READERS_FOLLOW_MS, removeLeftTables } from "./left-tables";
import { moveToNewTable } from "./new-table";
import { wasPushedInto } from "./online-tables";
import { planTable } from "./plan-table";
import type { Materialized, WorkHow } from "./publication";
import { appendToTable } from "./table-in-use";

const ATTEMPTS = 5;

/**
 * Brings the online rows of a group to its newest commit: commits that only added rows are put into the table in use,
 * anything else is built into a new one that readers move to. A crash or a cancel leaves online behind, never wrong, and the
 * next run goes on. `rebuild`: a new table in any case. Throws `online_ahead` when the table holds commits that history does
 * not have, unless it is rebuilt.
 */
export async function materializeGroup(
  ctx: Context,
  input: { name: string; runId: string | null; rebuild?: boolean },
  options: WorkHow = {},
): Promise<Materialized> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  let moved: Materialized | null = null;
  let left: string | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const group = await requireGroup(ctx, { name: input.name });
    await removeLeftTables(ctx, group.id);
    const current = await ctx.db.materialization.findUnique({ where: { groupId: group.id } });
    const plan = await planTable(ctx, group, current, moved === null && (input.rebuild ?? false));
    const work = { group, current, runId: input.runId };
    if (plan.kind === "ahead")
      throw new LarderError(
        "online_ahead",
        `${group.name} is online up to commit ${plan.mark}, which its history, of ${group.headSequence}, does not have; rebuild it online`,
      );
    const rowCount = Number(current?.rowCount ?? 0);
    const unchanged = { changed: false, rowCount, watermarkSequence: group.headSequence };
    // Commits that came while a table was built are appended to it at once, as they may have been online already. What takes
    // rows away has a run of its own.
    if (plan.kind === "none" || (moved && plan.kind === "build"))
      return settle(ctx, group.id, moved ?? unchanged, left);
    if (plan.kind === "append") {
      const appended = await appendToTable(ctx, work, plan.files, options);
      if (appended) return settle(ctx, group.id, appended, left);
      continue;
    }
    moved = await moveToNewTable(ctx, work, options);
    if (moved) left = current?.onlineTable ?? null;
  }
  if (moved) return moved;
  throw new LarderError("commit_conflict", `Others materialize ${input.name} at the same time; try again`);
}

/** Waits, where rows are pushed, until nobody pushes into the table that was left, and removes it. */
async function settle(ctx: Context, groupId: string, done: Materialized, left: string | null): Promise<Materialized> {
  if (left !== null && (await wasPushedInto(ctx.online, left))) await sleep(READERS_FOLLOW_MS + 50);
  await removeLeftTables(ctx, groupId);
  return done;
}
