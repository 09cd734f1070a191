import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { type Tx, transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import { cutoffsOf } from "./load-retention";
import { requireGroup } from "./load-table";
import type { RetentionOf } from "./retention-schema";

/** Starts a run that applies the retention of a group. Throws `state_conflict` when it has none. */
export async function requestRetention(ctx: Context, input: RetentionOf): Promise<{ run: Run }> {
  authorize(ctx, "history.write", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, input);
  if (!cutoffsOf(group.retention, ctx.clock.now()))
    throw new LarderError("state_conflict", `The definition of ${group.name} sets no retention; everything is kept`);
  return { run: await transaction(ctx.db, (tx) => queueRetention(ctx, tx, group)) };
}

/** Queues the run that applies the retention of a group version, in the caller's transaction. */
export async function queueRetention(
  ctx: Context,
  tx: Tx,
  group: { id: string; name: string; version: number },
): Promise<Run> {
  const { id: groupId, name, version } = group;
  const run = await queueRun(ctx, tx, {
    kind: "retention",
    title: `Apply the retention of ${name}`,
    input: { groups: [name], name, version, groupId },
    nodes: [
      { id: "rows", label: "Remove rows that are too old" },
      { id: "history", label: "End commits that are too old" },
    ],
  });
  await audit(ctx, tx, { action: "run.start", resource: `run:${run.id}`, after: { kind: "retention", name, version } });
  return run;
}
