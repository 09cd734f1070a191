import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { TableAnswer } from "./schema";
import type { PreviewTrainingSet } from "./training-schema";
import { requireFile } from "./training-set-rows";

/** The first rows of a training set. Throws `training_set_not_found`, `state_conflict`, `data_corrupt`. */
export async function previewTrainingSet(ctx: Context, input: PreviewTrainingSet): Promise<TableAnswer> {
  authorize(ctx, "data.read", `training_set:${input.name}`);
  const { path } = await requireFile(ctx, input.name);
  return ctx.offline.preview(path, input.limit);
}
