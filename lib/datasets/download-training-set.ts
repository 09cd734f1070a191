import { auditAlone } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { WorkOptions } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { newId } from "@/lib/platform/ids";
import type { DownloadTrainingSet, Manifest } from "./training-schema";
import { requireFile, requirePart } from "./training-set-rows";

type Opened = { byteCount: number; stream: ReadableStream<Uint8Array> };

/**
 * The Parquet file of a training set as a stream, or one of the part that is named; who took it is recorded. Throws
 * `training_set_not_found`, `state_conflict`, `data_corrupt`, `invalid_parameter` for a part that it has not.
 */
export async function downloadTrainingSet(
  ctx: Context,
  input: DownloadTrainingSet,
  options: WorkOptions = {},
): Promise<{ fileName: string } & Opened> {
  authorize(ctx, "data.read", `training_set:${input.name}`);
  const { path, row } = await requireFile(ctx, input.name);
  const manifest = row.manifest as Manifest;
  const part = requirePart(manifest, input.part);
  const opened = part
    ? await openPart(ctx, { id: row.id, path, manifest, part }, options)
    : await ctx.offline.open(path);
  try {
    const rowCount = part ? manifest.splitCounts?.[part.name] : manifest.rowCount;
    const after = { rowCount: rowCount ?? null, byteCount: opened.byteCount, ...(part ? { part: part.name } : {}) };
    await auditAlone(ctx, { action: "training_set.download", resource: `training_set:${row.name}`, after });
  } catch (error) {
    await opened.stream.cancel();
    throw error;
  }
  return { fileName: part ? `${row.name}-${part.name}.parquet` : `${row.name}.parquet`, ...opened };
}

/** Writes the rows of a part to a file of its own, which is gone when it has been read or nobody wants it any more. */
async function openPart(
  ctx: Context,
  of: { id: string; path: string; manifest: Manifest; part: { name: string; column: string } },
  { signal }: WorkOptions,
): Promise<Opened> {
  const { manifest, part } = of;
  const path = `training-sets/${of.id}/part-${newId("fil")}.parquet`;
  await ctx.offline.asOf(
    {
      spine: { kind: "file", path: of.path },
      timestampColumn: manifest.spine.timestampColumn,
      joins: [],
      knowledge: "event_time",
      nullKeys: "keep",
      filters: [{ column: part.column, operator: "eq", value: part.name }],
      output: { kind: "file", path },
    },
    signal ? { signal } : {},
  );
  const remove = (): Promise<void> => ctx.offline.removeFile(path);
  const { stream, byteCount } = await ctx.offline.open(path).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return { byteCount, stream: thenDo(stream, remove) };
}

function thenDo(stream: ReadableStream<Uint8Array>, last: () => Promise<void>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const next = await reader.read();
        if (!next.done) return controller.enqueue(next.value);
      } catch (error) {
        await last();
        throw error;
      }
      await last();
      controller.close();
    },
    cancel: async (reason) => {
      await reader.cancel(reason).catch(() => undefined);
      await last();
    },
  });
}
