import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { queueRun } from "@/lib/platform/runs";
import type { ViewSpine } from "@/lib/registry/definition-schema";
import { planRetrieval, type RetrievalPlan } from "./plan-retrieval";
import type { CreateTrainingSet } from "./schema";
import { findTimestampColumn, requireNoCollision, typeSpine } from "./spine";
import { readSpineSql } from "./spine-sql";

/** What a training set's run is given: the request with its spine settled. */
export type TrainingSetRequest = CreateTrainingSet & {
  spine: { rows?: CreateTrainingSetRows; sql?: string | undefined };
  timestampColumn: string;
  /** Columns of `spine.rows` in their order. */
  spineColumns?: string[];
};
type CreateTrainingSetRows = NonNullable<CreateTrainingSet["spine"]>["rows"];

/** Starts building a training set. What can be checked now is checked now. Throws `already_exists` and what planning and typing the spine throw. */
export async function createTrainingSet(ctx: Context, input: CreateTrainingSet): Promise<{ run: Run }> {
  authorize(ctx, "training_set.create", `training_set:${input.name}`);
  const settled = await settle(ctx, input);
  const plan = await planRetrieval(ctx, settled);
  const request = settled.spine.rows
    ? { ...settled, spineColumns: checkRows(settled.spine.rows, settled, plan) }
    : settled;
  const { sql } = settled.spine;
  if (sql) await readSpineSql(ctx, { sql, timestampColumn: settled.timestampColumn }, plan);
  try {
    return await transaction(ctx.db, async (tx) => {
      const nodes = [
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

function checkRows(
  rows: NonNullable<CreateTrainingSetRows>,
  { timestampColumn, nullKeys }: TrainingSetRequest,
  plan: RetrievalPlan,
): string[] {
  const { columns } = typeSpine(rows, { timestampColumn, keys: plan.keys, nullKeys });
  requireNoCollision(columns, plan.outputs);
  return columns.map((column) => column.name);
}

async function settle(ctx: Context, input: CreateTrainingSet): Promise<TrainingSetRequest> {
  const given = input.spine;
  if (given?.rows && given.sql) throw new LarderError("validation_failed", "Give the spine either as rows or as sql");
  if (given?.rows)
    return { ...input, spine: given, timestampColumn: findTimestampColumn(given.rows, input.timestampColumn) };
  if (given?.sql) return { ...input, spine: given, timestampColumn: input.timestampColumn ?? "event_timestamp" };
  const view = input.view
    ? await ctx.db.featureView.findFirst({ where: { projectId: ctx.project.id, name: input.view, latest: true } })
    : null;
  if (input.view && !view)
    throw new LarderError(
      "feature_view_not_found",
      `There is no feature view ${input.view} in project ${ctx.project.name}`,
    );
  const offered = view?.spine as ViewSpine | null | undefined;
  if (!offered) throw new LarderError("empty_spine", "Give a spine (rows or sql); no view was named that offers one");
  return {
    ...input,
    spine: { sql: offered.sql },
    timestampColumn: input.timestampColumn ?? offered.timestampColumn,
    label: input.label ?? offered.label,
  };
}
