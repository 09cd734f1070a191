import { auditAlone } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { WorkOptions } from "@/lib/engines/offline/port";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { DownloadTrainingSet, Manifest } from "./training-schema";
import { requireFile, requirePart } from "./training-set-rows";

/**
 * All rows of a training set, or of the part that is named, in chunks as they are taken; who took them is recorded. Throws
 * `training_set_not_found`, `state_conflict`, `data_corrupt`, `invalid_parameter` for a part that it has not.
 */
export async function exportTrainingSet(
  ctx: Context,
  input: DownloadTrainingSet,
  options: WorkOptions = {},
): Promise<{ name: string; columns: Column[]; chunks: AsyncIterable<Value[][]> }> {
  authorize(ctx, "data.read", `training_set:${input.name}`);
  const { path, row } = await requireFile(ctx, input.name);
  const manifest = row.manifest as Manifest;
  const part = requirePart(manifest, input.part);
  const { columns, chunks } = await ctx.offline.resultRows(path, options);
  const rowCount = part ? manifest.splitCounts?.[part.name] : manifest.rowCount;
  const after = { rowCount: rowCount ?? null, ...(part ? { part: part.name } : {}) };
  await auditAlone(ctx, { action: "training_set.download", resource: `training_set:${row.name}`, after });
  // Parquet forgets the length of vectors.
  const types = new Map(manifest.columns.map(({ name, type }) => [name, type]));
  const typed = columns.map(({ name, type }) => ({ name, type: types.get(name) ?? type }));
  if (!part) return { name: row.name, columns: typed, chunks };
  const at = columns.findIndex((column) => column.name === part.column);
  return { name: `${row.name}-${part.name}`, columns: typed, chunks: only(chunks, at, part.name) };
}

async function* only(chunks: AsyncIterable<Value[][]>, at: number, name: string): AsyncGenerator<Value[][]> {
  for await (const rows of chunks) yield rows.filter((row) => row[at] === name);
}
