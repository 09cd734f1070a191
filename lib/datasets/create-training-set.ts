import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { queueRun } from "@/lib/platform/runs";
import { requireUsable } from "./join-request";
import { planRetrieval } from "./plan-retrieval";
import { checkSpineColumns } from "./spine-checks";
import { openSpine, type SettledRetrieval, settleSpine } from "./spine-source";
import type { CreateTrainingSet } from "./training-schema";

/** What a training set's run is given: the request with its spine settled. */
export type TrainingSetRequest = SettledRetrieval & { name: string };

/** Starts building a training set. What can be checked now is checked now. Throws `already_exists` and what planning and opening the spine throw. */
export async function createTrainingSet(ctx: Context, input: CreateTrainingSet): Promise<{ run: Run }> {
  authorize(ctx, "training_set.create", `training_set:${input.name}`);
  const settled = await settleSpine(ctx, input);
  const plan = await planRetrieval(ctx, settled);
  const { columns } = await openSpine(ctx, settled, plan.keys, {
    fingerprints: false,
    requestData: plan.onDemand?.requestData,
  });
  checkSpineColumns(columns, settled.timestampColumn, plan);
  requireUsable(settled, plan, columns);
  const request: TrainingSetRequest = { ...settled, name: input.name };
  if (settled.spine.rows) request.spineColumns = columns.map((column) => column.name);
  try {
    return await transaction(ctx.db, async (tx) => {
      const nodes = [
        { id: "spine", label: "Read the rows and keep them" },
        { id: "join", label: "Join features to the spine, point in time" },
        { id: "verify", label: "Hash the rows and write the manifest" },
      ];
      const run = await queueRun(ctx, tx, {
        kind: "training_set",
        title: `Build training set ${input.name}`,
        input: { name: input.name },
        nodes,
      });
      await tx.trainingSet.create({
        data: {
          id: newId("trs"),
          projectId: ctx.project.id,
          name: input.name,
          viewName: input.view ?? null,
          label: request.label ?? null,
          request,
          runId: run.id,
          createdBy: ctx.actor.id,
          createdAt: ctx.clock.now(),
        },
      });
      await audit(ctx, tx, {
        action: "training_set.create",
        resource: `training_set:${input.name}`,
        after: { view: input.view ?? null, runId: run.id },
      });
      return { run };
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new LarderError(
      "already_exists",
      `There is a training set ${input.name} already; training sets never change, choose another name`,
      [],
      { cause: error },
    );
  }
}
