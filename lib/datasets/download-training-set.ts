import { auditAlone } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { requireFile } from "./training-set-rows";

/** The Parquet file of a training set as a stream; who took it is recorded. Throws `training_set_not_found`, `state_conflict`, `data_corrupt`. */
export async function downloadTrainingSet(
  ctx: Context,
  input: { name: string },
): Promise<{ fileName: string; byteCount: number; stream: ReadableStream<Uint8Array> }> {
  authorize(ctx, "data.read", `training_set:${input.name}`);
  const { path, row } = await requireFile(ctx, input.name);
  const resource = `training_set:${row.name}`;
  const opened = await ctx.offline.open(path);
  try {
    const after = { rowCount: Number(row.rowCount), byteCount: opened.byteCount };
    await auditAlone(ctx, { action: "training_set.download", resource, after });
  } catch (error) {
    await opened.stream.cancel();
    throw error;
  }
  return { fileName: `${row.name}.parquet`, ...opened };
}
