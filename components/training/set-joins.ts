import type { JoinKey } from "@/lib/registry/definition-schema";
import { type OfferedView, type SetDraft, type SetJoin, spineColumns } from "./set-draft";

/** A column of the result: where it comes from, and whether another has its name. */
export type ResultColumn = { name: string; from: string; clash: boolean };

/** The output column of a feature of a join. */
export function columnOf(prefix: string | null, feature: string): string {
  return prefix ? `${prefix}__${feature}` : feature;
}

function newId(joins: SetJoin[]): number {
  return joins.reduce((most, join) => Math.max(most, join.id), 0) + 1;
}

/** Puts features into the first join of their group, or into a new one. */
export function withPicked(joins: SetJoin[], picked: { group: string; name: string }[]): SetJoin[] {
  let next = joins;
  for (const { group, name } of picked) {
    const join = next.find((one) => one.group === group);
    if (!join) next = [...next, { id: newId(next), group, version: null, prefix: "", keys: {}, features: [name] }];
    else if (!join.features.includes(name))
      next = next.map((one) => (one === join ? { ...one, features: [...one.features, name] } : one));
  }
  return next;
}

/** Takes a feature out of one join; a join without any goes too. */
export function withoutFeature(joins: SetJoin[], id: number, feature: string): SetJoin[] {
  return joins
    .map((join) => (join.id === id ? { ...join, features: join.features.filter((name) => name !== feature) } : join))
    .filter((join) => join.features.length > 0);
}

/** Takes a feature out of every join of its group. */
export function withoutReference(joins: SetJoin[], reference: string): SetJoin[] {
  const [group, name = ""] = reference.split(":");
  return joins
    .filter((join) => join.group === group)
    .reduce((rest, join) => withoutFeature(rest, join.id, name), joins);
}

/** The same group a second time, so that its features are read by other columns. */
export function joinedAgain(joins: SetJoin[], join: SetJoin): SetJoin[] {
  const prefixes = new Set(joins.map((one) => one.prefix));
  let prefix = "other";
  for (let number = 2; prefixes.has(prefix); number++) prefix = `other_${number}`;
  return [...joins, { ...join, id: newId(joins), prefix, keys: {} }];
}

/** What is joined: what was picked, or what the view joins. */
export function joinsOf(draft: SetDraft, views: OfferedView[]): SetJoin[] {
  if (draft.source === "picked") return draft.joins;
  const view = views.find((one) => one.name === draft.view);
  return (view?.joins ?? []).map((join, index) => ({ ...join, prefix: join.prefix ?? "", id: index + 1 }));
}

/** The same features picked by hand, so that they can be changed one by one. */
export function asPicked(draft: SetDraft, views: OfferedView[]): SetDraft {
  return { ...draft, source: "picked", joins: joinsOf(draft, views) };
}

/** Leaves one output column out; a view is taken apart for it. */
export function withoutColumn(draft: SetDraft, column: string, views: OfferedView[]): SetDraft {
  const apart = asPicked(draft, views);
  for (const join of apart.joins)
    for (const feature of join.features)
      if (columnOf(join.prefix, feature) === column)
        return { ...apart, joins: withoutFeature(apart.joins, join.id, feature) };
  return draft;
}

/** Whether an output column is a feature. */
export function isFeatureColumn(draft: SetDraft, column: string | null, views: OfferedView[]): boolean {
  return joinsOf(draft, views).some((join) => join.features.some((name) => columnOf(join.prefix, name) === column));
}

/** The columns of the result in their order, clashes marked. */
export function resultColumns(draft: SetDraft, views: OfferedView[]): ResultColumn[] {
  const columns = [
    ...spineColumns(draft).map((name) => ({ name, from: "your rows" })),
    ...joinsOf(draft, views).flatMap((join) =>
      join.features.map((feature) => ({
        name: columnOf(join.prefix, feature),
        from: `${join.group}${join.version === null ? "" : `@${join.version}`}:${feature}`,
      })),
    ),
    ...(draft.split.by === "none" ? [] : [{ name: "split", from: "the split" }]),
  ];
  // Names of columns are told apart as SQL does it: by their letters, not by their case.
  const counts = new Map<string, number>();
  for (const { name } of columns) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  return columns.map((column) => ({ ...column, clash: (counts.get(column.name.toLowerCase()) ?? 0) > 1 }));
}

/** A join key that no column of the rows holds. */
export type MissingKey = { join: SetJoin; key: JoinKey; column: string };

/** Join keys for which the rows have no column, each once per join. */
export function missingKeys(draft: SetDraft, views: OfferedView[], joinKeys: Record<string, JoinKey[]>): MissingKey[] {
  const columns = new Set(spineColumns(draft));
  return joinsOf(draft, views).flatMap((join) =>
    (joinKeys[join.group] ?? []).flatMap((key) => {
      const column = join.keys[key.name] || key.name;
      return columns.has(column) ? [] : [{ join, key, column }];
    }),
  );
}
