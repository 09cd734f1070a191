import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { requireFile } from "./training-set-rows";

/** The Parquet file of a training set as a stream. Throws `training_set_not_found`, `state_conflict`, `data_corrupt`. */
export async function downloadTrainingSet(
  ctx: Context,
  input: { name: string },
): Promise<{ fileName: string; byteCount: number; stream: ReadableStream<Uint8Array> }> {
  authorize(ctx, "data.read", `training_set:${input.name}`);
  const { path, row } = await requireFile(ctx, input.name);
  return { fileName: `${row.name}.parquet`, ...(await ctx.offline.open(path)) };
}
