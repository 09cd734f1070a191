import { authorize } from "@/lib/access/authorize";
import { instantOf } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { findGarbage, removalLimit } from "./garbage";
import type { Garbage, PlanGarbage } from "./storage-schema";

/** What a garbage collection would remove now. Nothing is removed. */
export async function findRemovable(ctx: Context, input: PlanGarbage): Promise<Garbage> {
  authorize(ctx, "storage.read", `project:${ctx.project.name}`);
  const limit = await removalLimit(ctx);
  const files = await findGarbage(ctx, limit, input.includeOrphans);
  return { files, bytes: files.reduce((sum, file) => sum + file.bytes, 0), olderThan: instantOf(limit) };
}
