import type { AsOfJoin } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { type ReadableFeature, requireReadable } from "@/lib/registry/readable";
import { resolveFeatures } from "@/lib/registry/resolve-features";
import type { ViewSummary } from "@/lib/registry/schema";
import { viewColumn } from "@/lib/registry/view-columns";
import { fitsType } from "./fits-type";
import { type GroupWithColumns, loadTable } from "./load-table";
import type { Manifest } from "./schema";

/** Everything a point-in-time retrieval needs to know besides its spine. */
export type RetrievalPlan = {
  joins: AsOfJoin[];
  /** Output columns of features, in the order asked. */
  outputs: string[];
  /** Key columns that the spine must have, with their declared types. */
  keys: Column[];
  features: Manifest["features"];
  view: Manifest["view"];
  /** What a reader must be told: one sentence for each DEPRECATED feature. */
  warnings: string[];
};

type Wanted = {
  group: GroupWithColumns;
  prefix: string | null;
  keys: Record<string, string>;
  features: { name: string; as: string }[];
};

/** `read`: every feature whose values will be read. */
type Resolved = { wanted: Wanted[]; outputs: string[]; read: ReadableFeature[] };

/**
 * Resolves features or a view to joins over the newest commits. A group asked for several times is joined once per prefix.
 * Throws what `resolveFeatures` and `requireReadable` throw, `feature_view_not_found`, `feature_name_collision`.
 */
export async function planRetrieval(
  ctx: Context,
  request: {
    features?: string[] | undefined;
    view?: string | undefined;
    fullFeatureNames: boolean;
    fillNull?: Record<string, Value> | undefined;
  },
): Promise<RetrievalPlan> {
  if (Boolean(request.features) === Boolean(request.view)) {
    throw new LarderError("validation_failed", "Ask either for features or for a view");
  }
  const { wanted, outputs, view, read } = request.view
    ? await wantedByView(ctx, request.view)
    : await wantedByReference(ctx, request.features ?? [], request.fullFeatureNames);
  const duplicate = outputs.find((name, index) => outputs.indexOf(name) !== index);
  if (duplicate) {
    const from = wanted.flatMap((join) =>
      join.features
        .filter((feature) => feature.as === duplicate)
        .map((feature) => `${join.group.name}:${feature.name}`),
    );
    throw new LarderError(
      "feature_name_collision",
      `${from.join(" and ")} would both be column ${duplicate}; ask for full_feature_names`,
    );
  }
  const unknownFill = Object.keys(request.fillNull ?? {}).find((name) => !outputs.includes(name));
  if (unknownFill)
    throw new LarderError(
      "unknown_field",
      `fill_null names ${unknownFill}, which is no output column; there are ${outputs.join(", ")}`,
    );

  const warnings = [...new Set(requireReadable(ctx, read))];
  const plan: RetrievalPlan = { joins: [], outputs, keys: [], features: [], view, warnings };
  for (const { group, keys, features } of wanted) {
    const { table, commitIds } = await loadTable(ctx, group);
    const keyColumns = Object.fromEntries(
      (group.entity.joinKeys as JoinKey[]).map((key) => [key.name, keys[key.name] ?? key.name]),
    );
    plan.keys.push(
      ...(group.entity.joinKeys as JoinKey[]).map((key) => ({
        name: keyColumns[key.name] ?? key.name,
        type: key.type,
      })),
    );
    plan.joins.push({
      table,
      keyColumns,
      ttlSeconds: group.ttlSeconds,
      features: features.map((feature) => {
        const fill = request.fillNull?.[feature.as];
        requireFitting(fill, feature.as, table.shape.features.find((column) => column.name === feature.name)?.type);
        return fill === undefined || fill === null ? feature : { ...feature, fill };
      }),
    });
    plan.features.push(
      ...features.map((feature) => ({
        reference: `${group.name}@${group.version}:${feature.name}`,
        column: feature.as,
        dataType: table.shape.features.find((column) => column.name === feature.name)?.type ?? "STRING",
        group: group.name,
        groupVersion: group.version,
        ttlSeconds: group.ttlSeconds,
        commitIds,
      })),
    );
  }
  return plan;
}

async function wantedByReference(
  ctx: Context,
  references: string[],
  full: boolean,
): Promise<Resolved & { view: null }> {
  const resolved = await resolveFeatures(ctx, references);
  const wanted = new Map<string, Wanted>();
  const outputs: string[] = [];
  for (const feature of resolved) {
    const as = full ? `${feature.group.name}__${feature.name}` : feature.name;
    outputs.push(as);
    const join = wanted.get(feature.groupId) ?? {
      group: await withFeatures(ctx, feature.groupId),
      prefix: null,
      keys: {},
      features: [],
    };
    join.features.push({ name: feature.name, as });
    wanted.set(feature.groupId, join);
  }
  return { wanted: [...wanted.values()], outputs, view: null, read: resolved.map(readableOf) };
}

async function wantedByView(
  ctx: Context,
  name: string,
): Promise<Resolved & { view: { name: string; version: number } }> {
  const view = await ctx.db.featureView.findFirst({ where: { projectId: ctx.project.id, name, latest: true } });
  if (!view)
    throw new LarderError("feature_view_not_found", `There is no feature view ${name} in project ${ctx.project.name}`);
  const wanted: Wanted[] = [];
  const read: ReadableFeature[] = [];
  for (const join of view.joins as ViewSummary["joins"]) {
    const group = await ctx.db.featureGroup.findFirst({
      where: { projectId: ctx.project.id, name: join.group, version: join.version },
      include: { entity: true, features: true },
    });
    if (!group)
      throw new LarderError(
        "feature_group_not_found",
        `View ${name} reads ${join.group}@${join.version}, which is gone`,
      );
    for (const feature of group.features)
      if (join.features.includes(feature.name)) read.push(readableOf({ ...feature, group }));
    const features = join.features.map((feature) => ({ name: feature, as: viewColumn(join.prefix, feature) }));
    wanted.push({ group, prefix: join.prefix, keys: join.keys, features });
  }
  return {
    wanted,
    outputs: wanted.flatMap((join) => join.features.map((feature) => feature.as)),
    view: { name, version: view.version },
    read,
  };
}

function readableOf(
  feature: Omit<ReadableFeature, "reference"> & { name: string; group: { name: string } },
): ReadableFeature {
  const { status, sensitivity, deprecation } = feature;
  return { reference: `${feature.group.name}:${feature.name}`, status, sensitivity, deprecation };
}

function requireFitting(fill: Value | undefined, column: string, type = "STRING"): void {
  if (fill === undefined || fill === null || fitsType(fill, type)) return;
  const got = JSON.stringify(fill).slice(0, 60);
  throw new LarderError("validation_failed", `fill_null gives ${column} the default ${got}, which is not ${type}`);
}

async function withFeatures(ctx: Context, groupId: string): Promise<GroupWithColumns> {
  return ctx.db.featureGroup.findUniqueOrThrow({ where: { id: groupId }, include: { entity: true, features: true } });
}
