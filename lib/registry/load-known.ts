import type { Context } from "@/lib/platform/context";
import type { Catalog } from "./catalog";
import type { Known } from "./check-references";
import type { Definition, PlanStep } from "./definition-schema";
import type { StoredDefinition } from "./plan";

/** Loads what the references of desired definitions are checked against. */
export async function loadKnown(
  ctx: Context,
  catalog: Catalog,
  about: { stored: StoredDefinition[]; desired: Definition[]; steps: PlanStep[] },
): Promise<Known> {
  const { stored, desired, steps } = about;
  const named = desired.flatMap((definition) => {
    if (definition.kind === "feature_view") return definition.joins.map((join) => join.group);
    if (definition.kind !== "consumer") return [];
    return definition.features.map((reference) => reference.split(/[@:]/)[0] ?? "");
  });
  const groups =
    named.length === 0
      ? []
      : await ctx.db.featureGroup.findMany({
          where: { projectId: ctx.project.id, name: { in: [...new Set(named)] } },
          select: { name: true, version: true, features: { select: { name: true, status: true, dataType: true } } },
        });
  return {
    catalog,
    stored,
    views: new Set(
      [...stored.map((item) => item.body), ...desired].flatMap(({ kind, name }) =>
        kind === "feature_view" ? [name] : [],
      ),
    ),
    newest: new Map(
      [...stored, ...steps].flatMap(({ kind, name, version }): [string, number][] =>
        kind === "feature_group" ? [[name, version]] : [],
      ),
    ),
    statuses: new Map(
      groups.map(({ name, version, features }) => [
        `${name}@${version}`,
        new Map(features.map((feature) => [feature.name, feature.status])),
      ]),
    ),
    types: new Map(
      groups.map(({ name, version, features }) => [
        `${name}@${version}`,
        new Map(features.map((feature) => [feature.name, feature.dataType])),
      ]),
    ),
  };
}
