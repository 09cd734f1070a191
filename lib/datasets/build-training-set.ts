import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { AsOfResult } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { RunReporter } from "@/lib/platform/runs";
import { loadRelations } from "@/lib/registry/personal-names";
import type { TrainingSetRequest } from "./create-training-set";
import { joinRequest } from "./join-request";
import { manifestOf } from "./manifest";
import { outputNames } from "./on-demand";
import { planRetrieval, type RetrievalPlan } from "./plan-retrieval";
import { openSpine, type SpineSource } from "./spine-source";
import { findPersonal } from "./training-set-rows";

type Files = { spinePath: string; path: string };

/**
 * Builds a training set that was asked for: keeps the typed spine, joins, hashes, writes the manifest, and only then makes
 * it READY. When it fails or is cancelled, no file is left.
 */
export async function buildTrainingSet(
  ctx: Context,
  input: { name: string },
  report: RunReporter,
): Promise<{ rowCount: number; byteCount: number }> {
  authorize(ctx, "training_set.create", `training_set:${input.name}`);
  const row = await ctx.db.trainingSet.findUnique({
    where: { projectId_name: { projectId: ctx.project.id, name: input.name } },
  });
  if (!row) throw new LarderError("training_set_not_found", `There is no training set ${input.name}`);
  if (row.state === "READY") return leaveAsItIs(row, report);
  // Names of their own for every attempt: one that died may have left its files.
  const files: Files = {
    spinePath: `training-sets/${row.id}/spine-${newId("fil")}.parquet`,
    path: `training-sets/${row.id}/${newId("fil")}.parquet`,
  };
  try {
    return await build(ctx, row, files, report);
  } catch (error) {
    await discard(ctx, row.id, files);
    throw error;
  }
}

/** A transaction may have been through though its answer was lost: then the files are what the training set is. */
async function discard(ctx: Context, id: string, files: Files): Promise<void> {
  const where = { id, path: files.path };
  const taken = await ctx.db.trainingSet.count({ where }).catch(() => null);
  if (taken !== 0) return;
  for (const path of Object.values(files)) await ctx.offline.removeFile(path).catch(() => undefined);
}

async function build(
  ctx: Context,
  row: { id: string; name: string; request: unknown },
  { spinePath, path }: Files,
  report: RunReporter,
): Promise<{ rowCount: number; byteCount: number }> {
  const request = row.request as TrainingSetRequest;
  const plan = await planRetrieval(ctx, request);
  const source = await openSpine(ctx, request, plan.keys, { requestData: plan.onDemand?.requestData });
  const spine = await report.node("spine", async (onRows) => {
    const result = await keepSpine(ctx, request, source, spinePath, { signal: report.signal, onRows });
    return { result, rows: result.rowCount };
  });
  const joined = await report.node("join", async (onRows) => {
    const asked = joinRequest(request, plan, { kind: "file", path: spinePath }, { kind: "file", path });
    const result = await ctx.offline.asOf(asked, { signal: report.signal, onRows });
    return { result, rows: result.rowCount, detail: detailOf(plan, result) };
  });
  const { file } = joined.result;
  if (!file) throw new LarderError("internal", "The join wrote no file");
  await report.node("verify", async () => {
    const made = { request, plan, source, spine: spine.result, spinePath, result: joined.result };
    const manifest = manifestOf(ctx, {
      ...made,
      spineSha256: await ctx.offline.contentHash(spinePath),
      contentSha256: await ctx.offline.contentHash(file.path),
    });
    manifest.personal = findPersonal(manifest, await loadRelations(ctx.db, ctx.project.id)) !== null;
    // Whoever asked to stop before it was READY gets nothing.
    if (report.signal.aborted) throw new LarderError("cancelled", "The run was cancelled");
    await transaction(ctx.db, async (tx) => {
      await report.fence(tx);
      const { rowCount } = joined.result;
      const state = { state: "READY", manifest, path, spinePath, rowCount, byteCount: file.byteCount };
      await tx.trainingSet.update({ where: { id: row.id }, data: state });
      await audit(ctx, tx, {
        action: "training_set.ready",
        resource: `training_set:${row.name}`,
        after: { rowCount, contentSha256: manifest.contentSha256 },
      });
    });
    return { rows: joined.result.rowCount, detail: manifest.contentSha256.slice(0, 12) };
  });
  return { rowCount: joined.result.rowCount, byteCount: file.byteCount };
}

/** Writes the rows of a spine as they are joined to, typed and in their order. */
function keepSpine(
  ctx: Context,
  { timestampColumn, asKnown, nullKeys }: TrainingSetRequest,
  { spine }: SpineSource,
  path: string,
  options: { signal: AbortSignal; onRows: (rows: number) => void },
): Promise<AsOfResult> {
  return ctx.offline.asOf(
    { spine, timestampColumn, joins: [], knowledge: asKnown, nullKeys, output: { kind: "file", path } },
    options,
  );
}

function detailOf(plan: RetrievalPlan, { filteredCount }: AsOfResult): string {
  const joins = `${outputNames(plan).length} features from ${plan.joins.length} joins`;
  return filteredCount ? `${joins}; the view's filters leave out ${filteredCount} rows` : joins;
}

/** The worker died after the training set was READY and before its run was over; training sets never change. */
async function leaveAsItIs(
  row: { rowCount: bigint | null; byteCount: bigint | null },
  report: RunReporter,
): Promise<{ rowCount: number; byteCount: number }> {
  const rows = Number(row.rowCount);
  for (const id of ["spine", "join", "verify"]) await report.node(id, async () => ({ state: "UNCHANGED", rows }));
  return { rowCount: rows, byteCount: Number(row.byteCount) };
}
