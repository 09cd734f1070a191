import type { IngestRequest, IngestResult, TimeRange, WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import { instantOf } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import type { WriteMode } from "./ingest-schema";
import { type GroupWithColumns, loadTable, shapeOfGroup } from "./load-table";
import { rulesOf } from "./row-rules";

/** How far ahead of ours the clock of a sender may be. */
export const SKEW_MS = 5 * 60_000;
const LIMIT_MS = 10 * 60_000;

/**
 * Has the engine check every row of an upload against what the group is now, and write the good ones, which nothing names
 * yet. Throws `timeout`, and what `ingest` throws.
 */
export async function checkSent(
  ctx: Context,
  group: GroupWithColumns,
  sent: { path: string; format: IngestRequest["format"]; mode: WriteMode; range: TimeRange | null },
  options: WorkOptions,
): Promise<IngestResult> {
  const { path, format, mode, range } = sent;
  const shape = shapeOfGroup(group);
  const duplicates = group.duplicates === "reject" ? "reject" : "keep_last";
  const meets = duplicates === "reject" && mode !== "overwrite";
  const late = AbortSignal.timeout(LIMIT_MS);
  const request: IngestRequest = {
    upload: path,
    format,
    shape,
    rules: rulesOf(group),
    duplicates,
    existing: meets ? (await loadTable(ctx, group, group.headSequence)).table : { shape, files: [] },
    badRows: mode === "quarantine" ? "quarantine" : "refuse",
    latest: instantOf(new Date(ctx.clock.now().getTime() + SKEW_MS)),
    ...(range ? { range } : {}),
    folder: `groups/${group.id}`,
    quarantineFolder: `quarantine/${group.id}`,
    onStep: (step: Parameters<NonNullable<Parameters<typeof ctx.offline.ingest>[0]["onStep"]>>[0]) =>
      crashPoint(`append:${step}`),
  };
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  return ctx.offline.ingest(request, { ...options, signal }).catch((error: unknown) => {
    if (late.aborted)
      throw new LarderError("timeout", `Checking the rows took longer than ${LIMIT_MS / 60_000} minutes`);
    throw error;
  });
}
