import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { TrainingSet as TrainingSetRow } from "@/lib/platform/generated/prisma/client";
import type { Manifest, TrainingSet } from "./schema";

/** A training set as everybody sees it. */
export function toTrainingSet(row: TrainingSetRow): TrainingSet {
  return {
    name: row.name,
    state: row.state as TrainingSet["state"],
    view: row.viewName,
    label: row.label,
    rowCount: row.rowCount === null ? null : Number(row.rowCount),
    byteCount: row.byteCount === null ? null : Number(row.byteCount),
    manifest: row.manifest as Manifest | null,
    runId: row.runId,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}

/** The row of a training set. Throws `training_set_not_found`. */
export async function requireTrainingSet(ctx: Context, name: string): Promise<TrainingSetRow> {
  const row = await ctx.db.trainingSet.findUnique({ where: { projectId_name: { projectId: ctx.project.id, name } } });
  if (!row)
    throw new LarderError("training_set_not_found", `There is no training set ${name} in project ${ctx.project.name}`);
  return row;
}

/** The file of a training set. Throws `state_conflict` until it is READY. */
export async function requireFile(ctx: Context, name: string): Promise<{ path: string; row: TrainingSetRow }> {
  const row = await requireTrainingSet(ctx, name);
  if (row.state !== "READY" || !row.path) {
    const why = row.state === "FAILED" ? "could not be built; its run says why" : "is still being built";
    throw new LarderError("state_conflict", `Training set ${name} ${why}`);
  }
  return { path: row.path, row };
}
