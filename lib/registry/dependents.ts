import type { Definition } from "./definition-schema";

/** Something that reads others. Ids are kind:name. */
export type Dependent = { id: string; owner: string | null; dependsOn: string[] };

/** A definition with what it depends on; `reads` are the names its SQL reads. */
export function dependentOf(definition: Definition, reads: readonly string[]): Dependent {
  const id = `${definition.kind}:${definition.name}`;
  const owner = definition.kind === "project" ? null : (definition.owner ?? null);
  return { id, owner, dependsOn: [...new Set([...reads.flatMap(relationIds), ...named(definition)])] };
}

/** The ids a name in SQL may stand for; sources and groups share one namespace, so there is one of them at most. */
export function relationIds(name: string): string[] {
  return [`source:${name}`, `feature_group:${name}`];
}

function named(definition: Definition): string[] {
  if (definition.kind === "feature_group") return [`entity:${definition.entity}`];
  if (definition.kind === "feature_view") return definition.joins.map((join) => `feature_group:${join.group}`);
  if (definition.kind !== "consumer") return [];
  return [
    ...definition.views.map((view) => `feature_view:${view}`),
    ...definition.features.map((reference) => `feature_group:${reference.split(/[@:]/)[0]}`),
  ];
}

/** Everything that depends on `id`, directly or through others, sorted by id. */
export function downstreamOf(all: readonly Dependent[], id: string): { id: string; owner: string | null }[] {
  const reached = closure(all, [id], (item, from) => (item.dependsOn.includes(from) ? [item.id] : []));
  reached.delete(id);
  return all
    .filter((item) => reached.has(item.id))
    .map(({ id: found, owner }) => ({ id: found, owner }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The ids themselves, everything they depend on and everything that depends on them, directly or through others. */
export function relatedTo(all: readonly Dependent[], ids: readonly string[]): Set<string> {
  const up = closure(all, ids, (item, from) => (item.id === from ? item.dependsOn : []));
  const down = closure(all, ids, (item, from) => (item.dependsOn.includes(from) ? [item.id] : []));
  return new Set([...up, ...down]);
}

function closure(
  all: readonly Dependent[],
  start: readonly string[],
  next: (item: Dependent, from: string) => string[],
): Set<string> {
  const reached = new Set(start);
  const waiting = [...start];
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    for (const id of all.flatMap((item) => next(item, from as string))) {
      if (reached.has(id)) continue;
      reached.add(id);
      waiting.push(id);
    }
  }
  return reached;
}
