import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { TrainingSet } from "./training-schema";
import { requireTrainingSet, toTrainingSet } from "./training-set-rows";

/** One training set with its manifest. Throws `training_set_not_found`. */
export async function getTrainingSet(ctx: Context, input: { name: string }): Promise<TrainingSet> {
  authorize(ctx, "catalog.read", `training_set:${input.name}`);
  return toTrainingSet(await requireTrainingSet(ctx, input.name));
}
