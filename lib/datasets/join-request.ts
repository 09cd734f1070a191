import type { AsOfRequest, Split } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import { requireInstant } from "@/lib/kernel/time";
import type { Column } from "@/lib/kernel/values";
import { askedOnDemand, outputNames } from "./on-demand";
import type { RetrievalPlan } from "./plan-retrieval";
import { requireNoCollision } from "./spine";
import type { SettledRetrieval } from "./spine-source";
import { SPLIT_COLUMN, type TrainingSplit } from "./training-schema";

/** What the engine is asked for a training set: the plan's features joined to a spine, filtered and divided. */
export function joinRequest(
  settled: SettledRetrieval,
  plan: RetrievalPlan,
  spine: AsOfRequest["spine"],
  output: AsOfRequest["output"],
): AsOfRequest {
  const split = splitOf(settled.split, plan);
  return {
    spine,
    timestampColumn: settled.timestampColumn,
    joins: plan.joins,
    knowledge: settled.asKnown,
    nullKeys: settled.nullKeys,
    output,
    ...(plan.filters.length > 0 ? { filters: plan.filters } : {}),
    ...askedOnDemand(plan.onDemand),
    ...(split ? { split } : {}),
  };
}

/** A split as the engine takes it, with what was left out. Throws `validation_failed` when there is nothing to divide by. */
export function splitOf(split: TrainingSplit | undefined, plan: Pick<RetrievalPlan, "keys">): Split | null {
  if (!split) return null;
  if (split.by === "time") {
    const parts = split.parts.map(({ name, until }) => ({
      name,
      until: until === undefined ? null : requireInstant(until, "split.parts.until"),
    }));
    return { by: "time", column: SPLIT_COLUMN, parts };
  }
  const keys = split.keys ?? [...new Set(plan.keys.map((key) => key.name))];
  if (keys.length === 0)
    throw new LarderError(
      "validation_failed",
      "The features have no join keys; name the columns to split by in split.keys",
    );
  return { by: "hash", column: SPLIT_COLUMN, keys, seed: split.seed, parts: split.parts };
}

/** Throws `missing_column` and `feature_name_collision` for a label or a split that does not go with the columns of the spine. */
export function requireUsable(settled: SettledRetrieval, plan: RetrievalPlan, columns: Column[]): void {
  const given = columns.map((column) => column.name).join(", ");
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const { label } = settled;
  if (label !== undefined && !has(label))
    throw new LarderError("missing_column", `The spine has no column ${label} for the label; it has ${given}`);
  requireSplittable(settled, plan, columns);
}

/** The part of it that a preview needs too: what cannot be divided cannot be shown. */
export function requireSplittable(settled: SettledRetrieval, plan: RetrievalPlan, columns: Column[]): void {
  const split = splitOf(settled.split, plan);
  if (!split) return;
  const names = [...columns, ...outputNames(plan).map((name) => ({ name, type: "STRING" }))];
  requireNoCollision(names, [SPLIT_COLUMN], "The column of the split");
  const lost =
    split.by === "hash" ? split.keys.find((key) => !columns.some((column) => column.name === key)) : undefined;
  if (lost === undefined) return;
  const given = columns.map((column) => column.name).join(", ");
  throw new LarderError("missing_column", `The spine has no column ${lost} to split by; it has ${given}`);
}
