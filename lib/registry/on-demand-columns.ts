import { compileOnDemand } from "@/lib/compute/on-demand";
import type { Tx } from "@/lib/platform/db";
import type { FeatureViewDefinition } from "./definition-schema";
import { viewColumn } from "./view-columns";

/** An on-demand feature of a view as it is stored: what was found out when its definition was written goes with it. */
export type StoredOnDemand = {
  expression: string;
  type: string;
  description: string;
  unit: string | null;
  /** Columns and request data that it is made from, directly or through others. */
  inputs: readonly string[];
};

/** The on-demand features of a view by name, for the database; null when it has none. Throws `invalid_expression`. */
export async function resolveOnDemand(
  tx: Tx,
  projectId: string,
  { onDemand = {}, requestData = {} }: FeatureViewDefinition,
  joins: readonly { group: string; version: number; prefix: string | null; features: string[] }[],
): Promise<Record<string, StoredOnDemand> | null> {
  if (Object.keys(onDemand).length === 0) return null;
  const columns = new Map(Object.entries(requestData));
  for (const { group: name, version, prefix, features } of joins) {
    const { features: there } = await tx.featureGroup.findUniqueOrThrow({
      where: { projectId_name_version: { projectId, name, version } },
      select: { features: { where: { name: { in: features } }, select: { name: true, dataType: true } } },
    });
    for (const feature of there) columns.set(viewColumn(prefix, feature.name), feature.dataType);
  }
  const compiled = compileOnDemand(onDemand, columns).columns.map(({ name, type, text, from }) => {
    const { description = "", unit = null } = onDemand[name] ?? {};
    return [name, { expression: text, type, description, unit, inputs: from }] as const;
  });
  return Object.fromEntries(compiled);
}
