import { createRequire } from "node:module";
import type { AsOfResult } from "@/lib/engines/offline/port";
import { instantOf } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import type { TrainingSetRequest } from "./create-training-set";
import { splitOf } from "./join-request";
import { fingerprint } from "./load-inputs";
import type { RetrievalPlan } from "./plan-retrieval";
import type { SpineSource } from "./spine-source";
import type { Manifest } from "./training-schema";

/** What a training set was made of and with. `spine` is how keeping its rows ended, `result` how joining them did. */
export type Made = {
  request: TrainingSetRequest;
  plan: RetrievalPlan;
  source: SpineSource;
  spine: AsOfResult;
  spinePath: string;
  spineSha256: string;
  result: AsOfResult;
  contentSha256: string;
};

/** Everything that made a training set what it is, enough to make it again. */
export function manifestOf(ctx: Context, made: Made): Manifest {
  const { request, plan, source, spine, result } = made;
  const { rows, sql, upload, group } = request.spine;
  const from = { sql, upload, group: source.group, rowLimit: request.rowLimit, inputs: source.inputs };
  return {
    formatVersion: 2,
    createdAt: instantOf(ctx.clock.now()),
    spine: {
      kind: rows ? "rows" : upload ? "upload" : group ? "group" : "sql",
      sql: sql ?? null,
      upload: upload ?? null,
      group: source.group,
      path: made.spinePath,
      contentSha256: made.spineSha256,
      hash: fingerprint(rows ?? withoutGaps(from)),
      rowCount: spine.rowCount,
      timestampColumn: request.timestampColumn,
      label: request.label ?? null,
    },
    features: plan.features,
    joins: plan.sources,
    view: plan.view,
    options: {
      fullFeatureNames: request.fullFeatureNames,
      asKnown: request.asKnown,
      fillNull: request.fillNull,
      nullKeys: request.nullKeys,
    },
    filters: plan.filters,
    ...(plan.onDemand ? { onDemand: plan.onDemand } : {}),
    split: splitOf(request.split, plan),
    snapshot: request.snapshot ?? null,
    inputs: source.inputs,
    engine: { name: "duckdb", version: engineVersion },
    rowCount: result.rowCount,
    filteredCount: result.filteredCount ?? 0,
    splitCounts: result.splitCounts ?? null,
    columns: result.columns,
    nullCounts: result.nullCounts,
    filledCounts: result.filledCounts,
    contentSha256: made.contentSha256,
  };
}

function withoutGaps(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && item !== null));
}

const engineVersion = (
  createRequire(`${process.cwd()}/package.json`)("@duckdb/node-api/package.json") as { version: string }
).version;
