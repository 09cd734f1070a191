import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { Manifest, TrainingSetName } from "./training-schema";
import { requireTrainingSet } from "./training-set-rows";

/** Starts building a training set again from its manifest, to compare. Throws `training_set_not_found`, and `state_conflict` unless it can be built again. */
export async function requestVerification(ctx: Context, { name }: TrainingSetName): Promise<{ run: Run }> {
  authorize(ctx, "training_set.create", `training_set:${name}`);
  authorize(ctx, "data.read", `training_set:${name}`);
  const row = await requireTrainingSet(ctx, name);
  if (row.state !== "READY")
    throw new LarderError("state_conflict", `Training set ${name} is ${row.state}; there is nothing to verify yet`);
  if (!row.spinePath || !(row.manifest as Manifest).joins)
    throw new LarderError(
      "state_conflict",
      `Training set ${name} was built before spines were kept; it cannot be built again`,
    );
  return transaction(ctx.db, async (tx) => {
    const run = await queueRun(ctx, tx, {
      kind: "verify_training_set",
      title: `Verify training set ${name}`,
      input: { name },
      nodes: [
        { id: "rebuild", label: "Join features again, as they were" },
        { id: "compare", label: "Compare the rows with the manifest" },
      ],
    });
    await audit(ctx, tx, { action: "training_set.verify", resource: `training_set:${name}`, after: { runId: run.id } });
    return { run };
  });
}
