import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { ByName, SourceSummary } from "./schema";
import { summarizeSource } from "./summarize-sources";

/** One source. Throws `source_not_found`. */
export async function getSource(ctx: Context, input: ByName): Promise<SourceSummary> {
  authorize(ctx, "catalog.read", `source:${input.name}`);
  const row = await ctx.db.source.findUnique({
    where: { projectId_name: { projectId: ctx.project.id, name: input.name } },
  });
  if (!row)
    throw new LarderError("source_not_found", `There is no source ${input.name} in project ${ctx.project.name}`);
  return summarizeSource(row);
}
