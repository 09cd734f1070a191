import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { ByName, ViewSummary } from "./schema";
import { summarizeView } from "./view-columns";

/** One version of a feature view, the newest by default. Throws `feature_view_not_found`. */
export async function getFeatureView(ctx: Context, input: ByName): Promise<ViewSummary> {
  authorize(ctx, "catalog.read", `feature_view:${input.name}`);
  const version = input.version ? { version: input.version } : { latest: true };
  const row = await ctx.db.featureView.findFirst({
    where: { projectId: ctx.project.id, name: input.name, ...version },
  });
  if (!row)
    throw new LarderError(
      "feature_view_not_found",
      `There is no feature view ${input.name} in project ${ctx.project.name}`,
    );
  return summarizeView(row);
}
