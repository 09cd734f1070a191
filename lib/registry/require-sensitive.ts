import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { type Catalog, catalogOf } from "./catalog";
import { findLive } from "./definition-kinds";
import type { Definition, FeatureGroupDefinition, PlanStep } from "./definition-schema";
import { loadRelations, outsideOf, personalNames, type Relations, reachedFrom } from "./personal-names";
import type { Registered } from "./plan";

type Changes = { registered: Registered; changed: { definition: Definition; step: PlanStep }[]; reads: Reads };
type Reads = ReadonlyMap<string, readonly string[]>;

/**
 * Throws unless the actor may let go of what these changes let go of: who is no sensitive reader may mark features
 * personal, but not take that from them, nor bring what is personal, under another name, where it is not.
 */
export async function requireSensitive(ctx: Context, changes: Changes): Promise<void> {
  if (changes.changed.length === 0) return;
  const relations = await loadRelations(ctx.db, ctx.project.id);
  const feature = findLowered(changes, relations) ?? findUnmarked(ctx, changes, relations);
  if (feature) authorize(ctx, "sensitive.read", `feature:${feature}`);
  requireKept(ctx, relations, afterChanges(changes, relations));
}

/** Throws unless the actor is a sensitive reader, or every name that is personal before is so after, or a source that is gone. */
export function requireKept(ctx: Context, before: Relations, after: Relations): void {
  const kept = personalNames(after);
  const isGone = (name: string): boolean => before.sources.has(name) && !after.sources.has(name);
  const lost = [...personalNames(before)].find((name) => !kept.has(name) && !isGone(name));
  if (lost) authorize(ctx, "sensitive.read", `${before.sources.has(lost) ? "source" : "feature_group"}:${lost}`);
}

/** A feature that is personal and would be no more: marked otherwise, gone, or back as another. */
function findLowered({ registered, changed }: Changes, { groups }: Relations): string | undefined {
  for (const { definition } of changed) {
    if (definition.kind !== "feature_group") continue;
    const { name } = definition;
    const live = findLive(registered, "feature_group", name);
    const last = live ?? findLive({ live: registered.gone, gone: [] }, "feature_group", name);
    const before = last?.body.kind === "feature_group" ? last.body.features : [];
    const after = new Map(definition.features.map((feature) => [feature.name, feature]));
    const said = new Set(before.map((feature) => feature.name));
    // What the newest definition says counts; a feature that it has not is what older versions say.
    const older = groups.flatMap((group) => (group.name === name ? group.personal : []));
    const found = [
      ...before.flatMap((feature) => (feature.sensitivity === "personal" ? [feature.name] : [])),
      ...older.filter((feature) => !said.has(feature) && after.has(feature)),
    ].find((feature) => after.get(feature)?.sensitivity !== "personal");
    if (found) return `${name}:${found}`;
  }
  return undefined;
}

/** A feature that is not marked personal, but new or made anew from what is. */
function findUnmarked(ctx: Context, changes: Changes, relations: Relations): string | undefined {
  const { registered, changed, reads } = changes;
  const { sources, outside = new Map() } = afterChanges(changes, relations);
  // A source that is new may be what is personal under another name.
  const personal = new Set([
    ...personalNames(relations),
    ...personalNames({ groups: relations.groups, sources, outside }),
  ]);
  const before = registered.live.map((item) => item.body);
  const after = [...before, ...changed.map((item) => item.definition)];
  const [then, now] = [catalogOf(before, ctx.project.id), catalogOf(after, ctx.project.id)];
  for (const group of now.groups.values()) {
    const old = then.groups.get(group.name);
    const reached = reachedFrom(reads.get(group.name) ?? [], sources);
    if (![...reached].some((name) => personal.has(name))) continue;
    const remade = !old || madeBy(old, reached, then) !== madeBy(group, reached, now);
    const known = new Set(old?.features.map((feature) => feature.name));
    const unmarked = group.features.filter((feature) => feature.sensitivity !== "personal");
    const found = unmarked.find((feature) => !known.has(feature.name)) ?? (remade ? unmarked[0] : undefined);
    if (found) return `${group.name}:${found.name}`;
  }
  return undefined;
}

/** The SQL that makes a group's rows: its own and that of the sources on the way. */
function madeBy(group: FeatureGroupDefinition, reached: Set<string>, { sources }: Catalog): string {
  return JSON.stringify([group.sql, ...[...reached].sort().map((name) => sources.get(name)?.sql ?? null)]);
}

/** The relations as they will be: older versions of a group stay beside a new one. */
function afterChanges({ changed, reads }: Changes, { groups, sources, outside }: Relations): Relations {
  const after = { groups: [...groups], sources: new Map(sources), outside: new Map(outside) };
  for (const { definition, step } of changed) {
    const { name } = definition;
    const read = [...(reads.get(name) ?? [])];
    if (definition.kind === "source") {
      const uploads = outside?.get(name)?.filter((path) => path.startsWith("upload:")) ?? [];
      after.sources.set(name, read);
      after.outside.set(name, [...outsideOf(definition.files ?? definition.postgres ?? {}), ...uploads]);
    }
    if (definition.kind !== "feature_group") continue;
    const personal = definition.features.flatMap((feature) =>
      feature.sensitivity === "personal" ? [feature.name] : [],
    );
    after.groups = after.groups.filter((group) => group.name !== name || group.version !== step.version);
    after.groups.push({ name, version: step.version, reads: read, personal });
  }
  return after;
}
