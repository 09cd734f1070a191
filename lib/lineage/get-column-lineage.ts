import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { type ColumnRef, columnKey, linksDown, linksUp } from "@/lib/registry/column-lineage";
import { loadOrigins } from "@/lib/registry/load-origins";
import { summarizeView, viewColumn } from "@/lib/registry/view-columns";
import type { ColumnEdge, GetColumnLineage } from "./schema";

/**
 * Which columns the columns of a source, group, feature or view are made from, and what is made from them, nearest first.
 * None for other nodes. Reads what was found out when definitions were applied.
 */
export async function getColumnLineage(ctx: Context, input: GetColumnLineage): Promise<ColumnEdge[]> {
  authorize(ctx, "catalog.read", input.node);
  const [kind = "", name = "", feature] = input.node.split(":");
  if (!["source", "feature_group", "feature", "feature_view"].includes(kind)) return [];
  const [origins, groups] = await Promise.all([
    loadOrigins(ctx),
    ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id, latest: true },
      select: { name: true, features: { select: { name: true } } },
    }),
  ]);
  const read = kind === "feature_view" ? await loadViewColumns(ctx, name) : [];
  const features = new Map(groups.map((group) => [group.name, new Set(group.features.map((one) => one.name))]));
  const start =
    kind === "feature_view"
      ? read.map(({ from }) => from)
      : kind === "feature"
        ? [{ name, column: feature ?? "" }]
        : columnsOf(origins, name);
  const { direction } = input;
  // What a view reads is one step away from it.
  const depth = kind === "feature_view" ? input.depth - 1 : input.depth;
  const up = direction === "downstream" || depth < 1 ? [] : linksUp(origins, start, depth);
  const down = direction === "upstream" || kind === "feature_view" ? [] : linksDown(origins, start, depth);
  const nodeOf = (ref: ColumnRef): string => {
    const group = features.get(ref.name);
    if (!group) return `source:${ref.name}`;
    return group.has(ref.column) ? `feature:${ref.name}:${ref.column}` : `feature_group:${ref.name}`;
  };
  const edges = [...up, ...down].map(({ from, to }): [string, ColumnEdge] => [
    `${columnKey(from)}${columnKey(to)}`,
    { from: nodeOf(from), fromColumn: from.column, to: nodeOf(to), toColumn: to.column },
  ]);
  const first = direction === "downstream" ? [] : read;
  const own = first.map(({ from, column }): ColumnEdge => {
    return { from: nodeOf(from), fromColumn: from.column, to: input.node, toColumn: column };
  });
  return [...own, ...new Map(edges).values()];
}

/** Columns of a relation that are known: those made from others, and those that others are made from. */
function columnsOf(origins: ReadonlyMap<string, readonly ColumnRef[]>, name: string): ColumnRef[] {
  const found = new Map<string, ColumnRef>();
  for (const [key, from] of origins) {
    const [owner, column] = JSON.parse(key) as [string, string];
    for (const ref of [{ name: owner, column }, ...from]) if (ref.name === name) found.set(columnKey(ref), ref);
  }
  return [...found.values()];
}

/** The columns of a view, each with a feature that it is or is computed of; request data come from nowhere. */
async function loadViewColumns(ctx: Context, name: string): Promise<{ column: string; from: ColumnRef }[]> {
  const view = await ctx.db.featureView.findFirst({ where: { projectId: ctx.project.id, name, latest: true } });
  if (!view) return [];
  const { joins, onDemand } = summarizeView(view);
  const stored = joins.flatMap(({ group, prefix, features }) =>
    features.map((column) => ({ column: viewColumn(prefix, column), from: { name: group, column } })),
  );
  const computed = onDemand.flatMap(({ name: column, inputs }) =>
    stored.filter((one) => inputs.includes(one.column)).map(({ from }) => ({ column, from })),
  );
  return [...stored, ...computed];
}
