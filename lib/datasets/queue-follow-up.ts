import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";

/** Queues what must follow a change of a group's rows that no computation made: its statistics and its online values. */
export async function queueFollowUp(
  ctx: Context,
  tx: Tx,
  group: { name: string; online: boolean },
  sequence: number,
): Promise<Run> {
  return queueRun(ctx, tx, {
    kind: "refresh",
    title: `Follow commit ${sequence} of ${group.name}`,
    input: { groups: [group.name] },
    nodes: [
      { id: `profile:${group.name}`, label: `Profile ${group.name}` },
      ...(group.online ? [{ id: `materialize:${group.name}`, label: `Materialize ${group.name}` }] : []),
    ],
  });
}
