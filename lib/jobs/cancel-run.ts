import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import { isFinished, type Run, type RunId } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { toRun } from "@/lib/platform/runs";
import { finishRun } from "./finish-run";
import { getRun } from "./get-run";

/** Asks a run to stop: one that waits is CANCELLED at once, one that runs within two seconds. Throws `state_conflict` when it is over. */
export async function cancelRun(ctx: Context, input: RunId): Promise<Run> {
  authorize(ctx, "run.cancel", `run:${input.id}`);
  const run = await getRun(ctx, input);
  if (isFinished(run.state)) throw new LarderError("state_conflict", `Run ${run.id} is ${run.state} already`);
  const row = await transaction(ctx.db, async (tx) => {
    await audit(ctx, tx, { action: "run.cancel", resource: `run:${run.id}` });
    await tx.run.updateMany({
      where: { id: run.id, state: { in: ["QUEUED", "RUNNING"] } },
      data: { cancelRequested: true },
    });
    await finishRun(tx, {
      id: run.id,
      from: "QUEUED",
      state: "CANCELLED",
      error: { code: "cancelled", detail: "Cancelled before it started" },
      now: ctx.clock.now(),
    });
    return tx.run.findUniqueOrThrow({ where: { id: run.id } });
  });
  return toRun(row);
}
