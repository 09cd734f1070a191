import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import { isFinished, type Run, type RunId } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun, toRun } from "@/lib/platform/runs";
import { STARTS } from "./attempts";
import { getRun } from "./get-run";

/**
 * Starts a new run that does what one did that FAILED or was CANCELLED; what that one had finished is not done again. Takes
 * the permission that starting it took. Throws `state_conflict` for a run that is not over or succeeded, that is being
 * tried again already, or whose training set is gone.
 */
export async function retryRun(ctx: Context, input: RunId): Promise<{ run: Run }> {
  // The least that any kind takes, before it is said whether there is such a run.
  authorize(ctx, "run.cancel", `run:${input.id}`);
  const { kind } = await getRun(ctx, input);
  authorize(ctx, STARTS[kind], `run:${input.id}`);
  const run = await transaction(ctx.db, async (tx) => {
    // Of two that ask at once, the second sees the run of the first.
    await tx.$queryRaw`SELECT "id" FROM "Run" WHERE "id" = ${input.id} FOR UPDATE`;
    const row = await tx.run.findUniqueOrThrow({ where: { id: input.id } });
    const old = toRun(row);
    if (!isFinished(old.state))
      throw new LarderError("state_conflict", `Run ${old.id} is not over: it is ${old.state}`);
    if (old.state === "SUCCEEDED") throw new LarderError("state_conflict", `Run ${old.id} SUCCEEDED; start a new one`);
    const other = await tx.run.findFirst({
      where: { retryOf: old.id, state: { in: ["QUEUED", "RUNNING"] } },
      select: { id: true },
    });
    if (other) throw new LarderError("state_conflict", `Run ${other.id} tries it again already`);
    const queued = await queueRun(ctx, tx, {
      kind,
      title: old.title,
      input: row.input as object,
      nodes: old.progress.nodes.map(({ id, label }) => ({ id, label })),
      retryOf: old.id,
    });
    if (kind === "training_set") {
      const revived = await tx.trainingSet.updateMany({
        where: { runId: old.id, state: "FAILED" },
        data: { state: "BUILDING", runId: queued.id },
      });
      if (revived.count === 0)
        throw new LarderError("state_conflict", "Its training set is gone, or was built by another run");
    }
    await audit(ctx, tx, { action: "run.retry", resource: `run:${queued.id}`, after: { kind, retryOf: old.id } });
    return queued;
  });
  return { run };
}
