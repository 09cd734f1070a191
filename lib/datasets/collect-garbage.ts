import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import type { RunReporter } from "@/lib/platform/runs";
import { findGarbage, removalLimit, type Unneeded } from "./garbage";
import type { CollectGarbage } from "./storage-schema";

const AUDITED_PATHS = 100;

/**
 * Removes files that nothing needs and that were left before `removalLimit`. A file is forgotten first, if it still is
 * garbage then, and unlinked after: a death in between leaves an orphan, never a commit without its file.
 */
export async function collectGarbage(
  ctx: Context,
  input: CollectGarbage,
  report: RunReporter,
): Promise<{ files: number; bytes: number }> {
  authorize(ctx, "storage.manage", `project:${ctx.project.name}`);
  const removed: Unneeded[] = [];
  await report.node("collect", async (onRows) => {
    const limit = await removalLimit(ctx);
    for (const file of await findGarbage(ctx, limit, input.includeOrphans)) {
      if (report.signal.aborted) break;
      if (file.why === "garbage" && !(await forget(ctx, file, limit))) continue;
      if (file.path.startsWith("upload:")) await ctx.offline.removeUpload(file.path);
      else await ctx.offline.removeFile(file.path);
      removed.push(file);
      onRows(removed.length);
    }
    return { rows: removed.length };
  });
  const bytes = removed.reduce((sum, file) => sum + file.bytes, 0);
  await transaction(ctx.db, (tx) =>
    audit(ctx, tx, {
      action: "storage.collect",
      resource: `project:${ctx.project.name}`,
      after: { files: removed.length, bytes, paths: removed.slice(0, AUDITED_PATHS).map((file) => file.path) },
    }),
  );
  return { files: removed.length, bytes };
}

async function forget(ctx: Context, { path }: Unneeded, limit: Date): Promise<boolean> {
  const { count } = await ctx.db.dataFile.deleteMany({ where: { path, garbageAt: { lt: limit } } });
  return count > 0;
}
