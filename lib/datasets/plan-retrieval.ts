import type { AsOfJoin, RowFilter } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { JoinKey, ViewFilter } from "@/lib/registry/definition-schema";
import { type ReadableFeature, requireReadable } from "@/lib/registry/readable";
import { resolveFeatures } from "@/lib/registry/resolve-features";
import type { ViewSummary } from "@/lib/registry/schema";
import { viewColumn } from "@/lib/registry/view-columns";
import { findSnapshot } from "./find-snapshot";
import { fitsType } from "./fits-type";
import { type GroupWithColumns, loadTable, requireGroup } from "./load-table";
import { type RetrievalOnDemand, retrievalOnDemand } from "./on-demand";
import { rowFilters } from "./row-filters";
import type { Manifest, TrainingSetJoin } from "./training-schema";

/** Everything a point-in-time retrieval needs to know besides its spine. */
export type RetrievalPlan = {
  joins: AsOfJoin[];
  /** Output columns of features, in the order asked. */
  outputs: string[];
  /** Key columns that the spine must have, with their declared types. */
  keys: Column[];
  features: Manifest["features"];
  /** What is joined, exactly enough to join it again. */
  sources: NonNullable<Manifest["joins"]>;
  view: Manifest["view"];
  /** What the view leaves out. */
  filters: RowFilter[];
  /** What the view computes of the columns; null: nothing. */
  onDemand: RetrievalOnDemand | null;
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
type Resolved = {
  wanted: Wanted[];
  outputs: string[];
  read: ReadableFeature[];
  view?: { name: string; version: number };
  filters?: Record<string, ViewFilter> | null;
  onDemand?: RetrievalOnDemand | null;
};

/**
 * Resolves features, a view or joins to joins over the newest commits, or those of a snapshot. A group asked for several
 * times is joined once per prefix. Throws what `resolveFeatures` and `requireReadable` throw, `feature_view_not_found`,
 * `feature_name_collision`, `snapshot_not_found`.
 */
export async function planRetrieval(
  ctx: Context,
  request: {
    features?: string[] | undefined;
    view?: string | undefined;
    joins?: TrainingSetJoin[] | undefined;
    snapshot?: string | undefined;
    fullFeatureNames: boolean;
    fillNull?: Record<string, Value> | undefined;
  },
): Promise<RetrievalPlan> {
  if ([request.features, request.view, request.joins].filter(Boolean).length !== 1)
    throw new LarderError("validation_failed", "Ask either for features or for a view, or give joins");
  const { wanted, outputs, read, view = null, filters = null, onDemand = null } = await resolve(ctx, request);
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
  const plan: RetrievalPlan = {
    joins: [],
    outputs,
    keys: [],
    features: [],
    sources: [],
    view,
    filters: [],
    onDemand,
    warnings,
  };
  const held = request.snapshot ? await findSnapshot(ctx, request.snapshot) : null;
  for (const { group, keys, features } of wanted) {
    const at = held?.get(group.id);
    if (held && at === undefined)
      throw new LarderError(
        "validation_failed",
        `Snapshot ${request.snapshot} holds nothing of ${group.name}@${group.version}`,
      );
    const { table, commitIds, sequence } = await loadTable(ctx, group, at, held !== null);
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
        commitSequence: sequence,
      })),
    );
    plan.sources.push({
      groupId: group.id,
      group: group.name,
      groupVersion: group.version,
      commitSequence: sequence,
      keys: keyColumns,
      ttlSeconds: group.ttlSeconds,
      features: features.map(({ name, as }) => ({ name, column: as })),
    });
  }
  const columns = plan.features.map(({ column, dataType }) => ({ name: column, type: dataType }));
  plan.filters = rowFilters(filters ?? {}, columns);
  return plan;
}

function resolve(
  ctx: Context,
  request: Pick<Parameters<typeof planRetrieval>[1], "features" | "view" | "joins" | "fullFeatureNames">,
): Promise<Resolved> {
  if (request.view) return wantedByView(ctx, request.view);
  if (request.joins) return wantedByJoins(ctx, request.joins);
  return wantedByReference(ctx, request.features ?? [], request.fullFeatureNames);
}

async function wantedByReference(ctx: Context, references: string[], full: boolean): Promise<Resolved> {
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
  return { wanted: [...wanted.values()], outputs, read: resolved.map(readableOf) };
}

async function wantedByView(ctx: Context, name: string): Promise<Resolved> {
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
    filters: view.filters as Record<string, ViewFilter> | null,
    onDemand: retrievalOnDemand(view),
    read,
  };
}

async function wantedByJoins(ctx: Context, joins: TrainingSetJoin[]): Promise<Resolved> {
  const wanted: Wanted[] = [];
  const read: ReadableFeature[] = [];
  for (const { group: name, version, prefix = null, keys, features } of joins) {
    const group = await requireGroup(ctx, { name, version });
    const joinKeys = (group.entity.joinKeys as JoinKey[]).map((key) => key.name);
    const stray = Object.keys(keys).find((key) => !joinKeys.includes(key));
    if (stray)
      throw new LarderError(
        "validation_failed",
        `${stray} is no join key of ${name}; it has ${joinKeys.join(", ") || "none"}`,
      );
    for (const feature of features) {
      const found = group.features.find((one) => one.name === feature);
      if (!found)
        throw new LarderError("feature_not_found", `Feature group ${name}@${group.version} has no feature ${feature}`, [
          { code: "feature_not_found", detail: `${name}:${feature}` },
        ]);
      read.push(readableOf({ ...found, group }));
    }
    const named = features.map((feature) => ({ name: feature, as: viewColumn(prefix, feature) }));
    wanted.push({ group, prefix, keys, features: named });
  }
  return { wanted, outputs: wanted.flatMap((join) => join.features.map((feature) => feature.as)), read };
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
