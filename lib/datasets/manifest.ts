import { createRequire } from "node:module";
import type { AsOfResult } from "@/lib/engines/offline/port";
import { instantOf } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import type { TrainingSetRequest } from "./create-training-set";
import { fingerprint } from "./load-inputs";
import type { RetrievalPlan } from "./plan-retrieval";
import type { Manifest } from "./schema";

/** Everything that made a training set what it is. `inputs`: fingerprints of what the spine's SQL read; `personal`: whether anything of it is. */
export function manifestOf(
  ctx: Context,
  built: {
    request: TrainingSetRequest;
    plan: RetrievalPlan;
    inputs: Record<string, string>;
    personal: boolean;
    result: AsOfResult;
    contentSha256: string;
  },
): Manifest {
  const { request, plan, inputs, personal, result, contentSha256 } = built;
  return {
    formatVersion: 1,
    createdAt: instantOf(ctx.clock.now()),
    spine: {
      kind: request.spine.rows ? "rows" : "sql",
      sql: request.spine.sql ?? null,
      hash: fingerprint(request.spine.rows ?? { sql: request.spine.sql, rowLimit: request.rowLimit, inputs }),
      rowCount: result.rowCount,
      timestampColumn: request.timestampColumn,
      label: request.label ?? null,
    },
    features: plan.features,
    view: plan.view,
    options: {
      fullFeatureNames: request.fullFeatureNames,
      asKnown: request.asKnown,
      fillNull: request.fillNull,
      nullKeys: request.nullKeys,
    },
    inputs,
    personal,
    engine: { name: "duckdb", version: engineVersion },
    rowCount: result.rowCount,
    columns: result.columns,
    nullCounts: result.nullCounts,
    filledCounts: result.filledCounts,
    contentSha256,
  };
}

const engineVersion = (
  createRequire(`${process.cwd()}/package.json`)("@duckdb/node-api/package.json") as { version: string }
).version;
