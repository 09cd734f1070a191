import type { AsOfRequest, RowFilter } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { loadTable } from "./load-table";
import { askedOnDemand } from "./on-demand";
import type { Manifest } from "./training-schema";

/** What the engine is asked to make the rows of a training set once more, from what its manifest says and nothing else. */
export async function replayManifest(
  ctx: Context,
  manifest: Manifest,
  output: AsOfRequest["output"],
): Promise<AsOfRequest> {
  const { spine, joins, options, filters = [], split } = manifest;
  if (!spine.path || !joins)
    throw new LarderError(
      "state_conflict",
      "This training set was built before spines were kept; it cannot be built again",
    );
  const request: AsOfRequest = {
    spine: { kind: "file", path: spine.path },
    timestampColumn: spine.timestampColumn,
    joins: [],
    knowledge: options.asKnown,
    nullKeys: options.nullKeys,
    output,
    ...(filters.length > 0 ? { filters: filters as RowFilter[] } : {}),
    ...askedOnDemand(manifest.onDemand),
    ...(split ? { split } : {}),
  };
  for (const { groupId, group: name, groupVersion, commitSequence, keys, ttlSeconds, features } of joins) {
    const group = await ctx.db.featureGroup.findFirst({
      where: { id: groupId, projectId: ctx.project.id },
      include: { entity: true, features: true },
    });
    if (!group)
      throw new LarderError(
        "feature_group_not_found",
        `Feature group ${name}@${groupVersion} that it was built from is gone`,
      );
    const { table } = await loadTable(ctx, group, commitSequence, true);
    request.joins.push({
      table,
      keyColumns: keys,
      ttlSeconds,
      features: features.map((feature) => {
        const fill = options.fillNull[feature.column] ?? null;
        return { name: feature.name, as: feature.column, ...(fill === null ? {} : { fill }) };
      }),
    });
  }
  return request;
}
