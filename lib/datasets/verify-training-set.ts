import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { newId } from "@/lib/platform/ids";
import type { RunReporter } from "@/lib/platform/runs";
import { replayManifest } from "./replay-manifest";
import type { Manifest, VerifiedTrainingSet } from "./training-schema";
import { requireTrainingSet } from "./training-set-rows";

/**
 * Builds a training set again from its manifest and compares the rows with what was recorded. Nothing is kept. Throws
 * `data_corrupt` when the rows it was built for are not those any more, and for damaged or missing files.
 */
export async function verifyTrainingSet(
  ctx: Context,
  { name }: { name: string },
  report: RunReporter,
): Promise<VerifiedTrainingSet> {
  authorize(ctx, "training_set.create", `training_set:${name}`);
  authorize(ctx, "data.read", `training_set:${name}`);
  const row = await requireTrainingSet(ctx, name);
  const manifest = row.manifest as Manifest;
  const path = `training-sets/${row.id}/verify-${newId("fil")}.parquet`;
  try {
    const rebuilt = await report.node("rebuild", async (onRows) => {
      await requireSpine(ctx, manifest);
      const request = await replayManifest(ctx, manifest, { kind: "file", path });
      const result = await ctx.offline.asOf(request, { signal: report.signal, onRows });
      return { rows: result.rowCount };
    });
    return await report
      .node("compare", async () => {
        const contentSha256 = await ctx.offline.contentHash(path);
        const expected = manifest.contentSha256;
        const matches = contentSha256 === expected;
        const detail = matches ? "the same rows" : "other rows than were recorded";
        return { matches, contentSha256, expected, rowCount: rebuilt.rows, rows: rebuilt.rows, detail };
      })
      .then(({ matches, contentSha256, expected, rowCount }) => ({ matches, contentSha256, expected, rowCount }));
  } finally {
    await ctx.offline.removeFile(path).catch(() => undefined);
  }
}

async function requireSpine(ctx: Context, { spine }: Manifest): Promise<void> {
  if (!spine.path || !spine.contentSha256) return;
  const found = await ctx.offline.contentHash(spine.path);
  if (found === spine.contentSha256) return;
  throw new LarderError("data_corrupt", "The rows it was built for are not those that were kept", [
    { code: "data_corrupt", detail: "has other rows than were kept", file: spine.path },
  ]);
}
