import type { FeatureViewDefinition, JoinKey } from "@/lib/registry/definition-schema";
import type { FeatureSummary } from "@/lib/registry/schema";
import { type ComputedDraft, computedOf, draftOfComputed, type RequestDraft } from "./on-demand-draft";

/** One group of a view while it is being written. `version` empty: the newest at the time it is saved. */
export type JoinDraft = {
  id: number;
  group: string;
  version: number | null;
  prefix: string;
  keys: Record<string, string>;
  features: string[];
};

export type ViewDraft = {
  name: string;
  description: string;
  owner: string;
  tags: string[];
  joins: JoinDraft[];
  spine: { sql: string; timestampColumn: string; label: string } | null;
  requestData: RequestDraft[];
  onDemand: ComputedDraft[];
  /** What this form does not show stays as it is. */
  kept: Pick<FeatureViewDefinition, "filters" | "aggregations">;
};

export const EMPTY_VIEW: ViewDraft = {
  name: "",
  description: "",
  owner: "",
  tags: [],
  joins: [],
  spine: null,
  requestData: [],
  onDemand: [],
  kept: {},
};

let ids = 0;

/** A registered view, to be changed. */
export function draftOfView(view: FeatureViewDefinition): ViewDraft {
  const { name, description, owner = "", tags, joins, spine, filters, aggregations } = view;
  return {
    ...{ name, description, owner, tags },
    ...draftOfComputed(view),
    kept: { ...(filters && { filters }), ...(aggregations && { aggregations }) },
    joins: joins.map(({ group, version = null, prefix = "", keys, features }) => ({
      ...{ id: ids++, group, version, prefix, keys, features },
    })),
    spine: spine ? { sql: spine.sql, timestampColumn: spine.timestampColumn, label: spine.label ?? "" } : null,
  };
}

/** The definition that a draft says. Keys that map to a column of their own name need not be said. */
export function viewOf({ owner, joins, spine, requestData, onDemand, kept, ...draft }: ViewDraft): unknown {
  return {
    kind: "feature_view",
    ...draft,
    ...kept,
    ...computedOf(requestData, onDemand),
    ...(owner.trim() !== "" && { owner: owner.trim() }),
    joins: joins.map(({ group, version, prefix, keys, features }) => ({
      group,
      ...(version !== null && { version }),
      ...(prefix.trim() !== "" && { prefix: prefix.trim() }),
      keys: Object.fromEntries(
        Object.entries(keys)
          .map(([key, column]) => [key, column.trim()] as const)
          .filter(([key, column]) => column !== "" && column !== key),
      ),
      features,
    })),
    ...(spine && {
      spine: {
        sql: spine.sql,
        timestampColumn: spine.timestampColumn.trim(),
        ...(spine.label.trim() !== "" && { label: spine.label.trim() }),
      },
    }),
  };
}

/** Puts picked features into the first join of their group, or into a new one. */
export function withPicked(joins: JoinDraft[], features: FeatureSummary[]): JoinDraft[] {
  let next = joins;
  for (const { group, name } of features) {
    const at = next.findIndex((join) => join.group === group);
    const join = next[at];
    if (!join) next = [...next, { id: ids++, group, version: null, prefix: "", keys: {}, features: [name] }];
    else if (!join.features.includes(name))
      next = next.map((one) => (one === join ? { ...one, features: [...one.features, name] } : one));
  }
  return next;
}

/** Takes a feature out of every join; a join without any goes too. */
export function withoutPicked(joins: JoinDraft[], reference: string): JoinDraft[] {
  const [group, name] = reference.split(":");
  return joins
    .map((join) =>
      join.group === group ? { ...join, features: join.features.filter((feature) => feature !== name) } : join,
    )
    .filter((join) => join.features.length > 0);
}

/** The same group a second time, so that its features can be read by another key. */
export function joinedAgain(join: JoinDraft, taken: JoinDraft[]): JoinDraft {
  const prefixes = new Set(taken.map((one) => one.prefix));
  let prefix = "other";
  for (let number = 2; prefixes.has(prefix); number++) prefix = `other_${number}`;
  return { ...join, id: ids++, prefix, keys: {} };
}

/** The columns that the spine of a view must have, by name. */
export function spineKeys(joins: JoinDraft[], keysOf: (group: string) => JoinKey[]): string[] {
  return [
    ...new Set(joins.flatMap((join) => keysOf(join.group).map((key) => join.keys[key.name]?.trim() || key.name))),
  ];
}
