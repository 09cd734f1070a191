import { may } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import type { Context } from "@/lib/platform/context";
import { definitionNotFound, findLive } from "./definition-kinds";
import type { DefinableKind, Definition, StoredDefinitionAnswer } from "./definition-schema";
import { loadRegistered } from "./load-definitions";

/** A definition as it stands. Throws the `*_not_found` of its kind. */
export async function loadStoredAnswer(
  ctx: Context,
  kind: DefinableKind,
  name: string,
): Promise<StoredDefinitionAnswer> {
  const stored = findLive(await loadRegistered(ctx.db, ctx.project.id), kind, name);
  if (!stored) throw definitionNotFound(kind, name, ctx.project.name);
  const nameOf = await loadActorNames(ctx.db, [stored.createdBy]);
  return {
    kind,
    name,
    version: stored.version,
    revision: stored.revision,
    definition: readableDefinition(ctx, stored.body),
    updatedBy: nameOf(stored.createdBy),
    updatedAt: stored.createdAt.toISOString(),
  };
}

/**
 * A definition without what it says about values of personal features, unless the actor may read those or is one who
 * writes definitions: those who write must see all of it, or they would delete what they do not see. `isPersonal` tells
 * of features that an older definition does not mark yet.
 */
export function readableDefinition(
  ctx: Context,
  definition: Definition,
  isPersonal: (feature: string) => boolean = () => false,
): Definition {
  if (definition.kind !== "feature_group") return definition;
  if (may(ctx.actor, "sensitive.read") || may(ctx.actor, "definition.write")) return definition;
  const features = definition.features.map((feature) => {
    if (feature.sensitivity !== "personal" && !isPersonal(feature.name)) return feature;
    const { constraints: _constraints, default: _default, ...rest } = feature;
    return rest;
  });
  return { ...definition, features };
}
