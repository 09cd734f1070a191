import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Spine } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { RunReporter } from "@/lib/platform/runs";
import { loadRelations } from "@/lib/registry/personal-names";
import type { TrainingSetRequest } from "./create-training-set";
import { manifestOf } from "./manifest";
import { planRetrieval, type RetrievalPlan } from "./plan-retrieval";
import { typeSpine } from "./spine";
import { readSpineSql } from "./spine-sql";
import { findPersonal } from "./training-set-rows";

/** Builds a training set that was asked for: joins, hashes, writes the manifest, and only then makes it READY. */
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
  const request = row.request as TrainingSetRequest;
  if (row.state === "READY") return leaveAsItIs(row, report);
  const plan = await planRetrieval(ctx, request);
  const { spine, inputs } = await spineOf(ctx, request, plan);
  // A name of its own for every attempt: one that died may have left its file.
  const path = `training-sets/${row.id}/${newId("fil")}.parquet`;
  const joined = await report.node("join", async (onRows) => {
    const result = await ctx.offline.asOf(
      {
        spine,
        timestampColumn: request.timestampColumn,
        joins: plan.joins,
        knowledge: request.asKnown,
        nullKeys: request.nullKeys,
        output: { kind: "file", path },
      },
      { signal: report.signal, onRows },
    );
    return { result, rows: result.rowCount, detail: `${plan.outputs.length} features from ${plan.joins.length} joins` };
  });
  const { file } = joined.result;
  if (!file) throw new LarderError("internal", "The join wrote no file");
  await report.node("verify", async () => {
    const manifest = manifestOf(ctx, {
      request,
      plan,
      inputs,
      personal: findPersonal({ features: plan.features, inputs }, await loadRelations(ctx.db, ctx.project.id)) !== null,
      result: joined.result,
      contentSha256: await ctx.offline.contentHash(file.path),
    });
    await transaction(ctx.db, async (tx) => {
      const state = {
        state: "READY",
        manifest,
        path: file.path,
        rowCount: joined.result.rowCount,
        byteCount: file.byteCount,
      };
      await tx.trainingSet.update({ where: { id: row.id }, data: state });
      await audit(ctx, tx, {
        action: "training_set.ready",
        resource: `training_set:${row.name}`,
        after: { rowCount: state.rowCount, contentSha256: manifest.contentSha256 },
      });
    });
    return { rows: joined.result.rowCount, detail: manifest.contentSha256.slice(0, 12) };
  });
  return { rowCount: joined.result.rowCount, byteCount: file.byteCount };
}

/** The worker died after the training set was READY and before its run was over; training sets never change. */
async function leaveAsItIs(
  row: { rowCount: bigint | null; byteCount: bigint | null },
  report: RunReporter,
): Promise<{ rowCount: number; byteCount: number }> {
  const rows = Number(row.rowCount);
  for (const id of ["join", "verify"]) await report.node(id, async () => ({ state: "UNCHANGED", rows }));
  return { rowCount: rows, byteCount: Number(row.byteCount) };
}

async function spineOf(
  ctx: Context,
  request: TrainingSetRequest,
  plan: RetrievalPlan,
): Promise<{ spine: Spine; inputs: Record<string, string> }> {
  if (request.spine.rows) {
    // The database keeps objects without the order of their fields.
    const names = request.spineColumns ?? [];
    const rows = request.spine.rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
    const typed = typeSpine(rows, {
      timestampColumn: request.timestampColumn,
      keys: plan.keys,
      nullKeys: request.nullKeys,
    });
    return { spine: { kind: "rows", ...typed }, inputs: {} };
  }
  const sql = request.spine.sql ?? "";
  const { inputs, fingerprints } = await readSpineSql(ctx, { sql, timestampColumn: request.timestampColumn }, plan);
  const relations = [...inputs, { name: "requested_spine", kind: "sql" as const, sql }];
  return { spine: { kind: "query", query: { sql: sampleSql(request), inputs: relations } }, inputs: fingerprints };
}

/** The rows of a spine that are used: by the order of their hash, so evenly spread and the same on any number of threads. */
function sampleSql(request: TrainingSetRequest): string {
  const timestamp = `"${request.timestampColumn.replaceAll('"', '""')}"`;
  return `SELECT * FROM (SELECT * FROM requested_spine ORDER BY hash(requested_spine) LIMIT ${request.rowLimit}) AS chosen ORDER BY ${timestamp}, hash(chosen)`;
}
