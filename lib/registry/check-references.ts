import { canonicalJson } from "@/lib/kernel/canonical-json";
import type { ErrorIssue } from "@/lib/kernel/errors";
import { parseFeatureReference } from "@/lib/kernel/names";
import type { Catalog } from "./catalog";
import { checkViewOnDemand } from "./check-on-demand";
import type { LocatedDefinition } from "./definition-files";
import type {
  ConsumerDefinition,
  Definition,
  EntityDefinition,
  FeatureGroupDefinition,
  FeatureViewDefinition,
} from "./definition-schema";
import type { StoredDefinition } from "./plan";
import { timingProblems } from "./timing-problems";
import { viewColumn } from "./view-columns";

/** What references are checked against: the catalog as it would be, and as it is. */
export type Known = {
  catalog: Catalog;
  views: ReadonlySet<string>;
  stored: readonly StoredDefinition[];
  /** The newest version of each group as it would be. */
  newest: ReadonlyMap<string, number>;
  /** Statuses by feature of the group versions that there are, by `group@version`. */
  statuses: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The same with their types. */
  types: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

type Tell = (code: string, pointer: string, detail: string) => ErrorIssue;

/** What is wrong with what a definition refers to. */
export function checkReferences({ definition, at }: LocatedDefinition, known: Known): ErrorIssue[] {
  const tell: Tell = (code, pointer, detail) => ({ code, ...at(pointer), detail });
  if (definition.kind === "entity") return checkEntity(definition, known, tell);
  if (definition.kind === "source") {
    const kinds = [definition.files, definition.sql, definition.postgres].filter(Boolean);
    if (kinds.length !== 1)
      return [tell("source_kind", "", `source ${definition.name} needs either files or sql or postgres`)];
    return checkNamespace(definition, known, tell);
  }
  if (definition.kind === "feature_group") return checkGroup(definition, known, tell);
  if (definition.kind === "feature_view") {
    const issues = checkView(definition, known, tell);
    return issues.length > 0 ? issues : checkViewOnDemand(definition, at, ...columnsOf(definition, known));
  }
  return definition.kind === "consumer" ? checkConsumer(definition, known, tell) : [];
}

/** Join keys of an entity that has groups do not change: the groups' data, offline and online, is laid out by them. */
function checkEntity(definition: EntityDefinition, { stored }: Known, tell: Tell): ErrorIssue[] {
  const names = definition.joinKeys.map((key) => key.name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twice >= 0)
    return [
      tell("duplicate", `/joinKeys/${twice}/name`, `entity ${definition.name} has two join keys ${names[twice]}`),
    ];
  const before = stored.find((item) => item.kind === "entity" && item.name === definition.name)?.body;
  if (before?.kind !== "entity" || canonicalJson(before.joinKeys) === canonicalJson(definition.joinKeys)) return [];
  const groups = stored.flatMap(({ body }) =>
    body.kind === "feature_group" && body.entity === definition.name ? [body.name] : [],
  );
  if (groups.length === 0) return [];
  const detail = `entity ${definition.name}: its join keys cannot change while ${groups.join(", ")} describe it; define a new entity`;
  return [tell("keys_in_use", "/joinKeys", detail)];
}

function checkNamespace({ name }: Definition, { catalog }: Known, tell: Tell): ErrorIssue[] {
  if (!catalog.groups.has(name) || !catalog.sources.has(name)) return [];
  return [tell("duplicate", "/name", `${name} is both a source and a feature group; SQL could not tell them apart`)];
}

function checkGroup(definition: FeatureGroupDefinition, known: Known, tell: Tell): ErrorIssue[] {
  const entity = known.catalog.entities.get(definition.entity);
  if (!entity) {
    const detail = `feature group ${definition.name} describes entity ${definition.entity}, which is not defined`;
    return [tell("entity_not_found", "/entity", detail)];
  }
  const { eventTime, createdTime } = definition;
  const taken = new Set([...entity.joinKeys.map((key) => key.name), eventTime, ...(createdTime ? [createdTime] : [])]);
  const clashes = definition.features.flatMap((feature, index) => {
    const clash = taken.has(feature.name);
    taken.add(feature.name);
    const detail = `feature ${feature.name} of ${definition.name} has the name of a key, a time column or another feature`;
    return clash ? [tell("duplicate", `/features/${index}/name`, detail)] : [];
  });
  const timing = timingProblems(definition).map(({ pointer, detail }) => tell("invalid_timing", pointer, detail));
  const idle =
    definition.sql !== undefined && definition.duplicates !== undefined
      ? [
          tell(
            "invalid_parameter",
            "/duplicates",
            `${definition.name} is computed by its SQL; duplicates is for written rows`,
          ),
        ]
      : [];
  return [...checkNamespace(definition, known, tell), ...clashes, ...timing, ...idle];
}

function checkView(view: FeatureViewDefinition, known: Known, tell: Tell): ErrorIssue[] {
  const outputs = new Set<string>();
  return view.joins.flatMap((join, at) => {
    const group = known.catalog.groups.get(join.group);
    const here = `/joins/${at}`;
    if (!group)
      return [
        tell("feature_group_not_found", `${here}/group`, `view ${view.name} joins ${join.group}, which is not defined`),
      ];
    const features = featuresOf(known, group, join.version);
    if (!features) {
      const detail = `view ${view.name} joins version ${join.version} of ${join.group}, whose newest is ${known.newest.get(join.group)}`;
      return [tell("feature_group_not_found", `${here}/version`, detail)];
    }
    const keys = new Set(known.catalog.entities.get(group.entity)?.joinKeys.map((key) => key.name));
    return [
      ...Object.keys(join.keys)
        .filter((key) => !keys.has(key))
        .map((key) =>
          tell("unknown_key", `${here}/keys`, `view ${view.name} maps ${key}, which is no join key of ${group.entity}`),
        ),
      ...join.features.flatMap((name, index) => {
        const pointer = `${here}/features/${index}`;
        const reads = `view ${view.name} reads ${join.group}:${name}`;
        const status = features.get(name);
        if (status === undefined) return [tell("feature_not_found", pointer, `${reads}, which does not exist`)];
        if (status === "RETIRED") return [tell("feature_retired", pointer, `${reads}, which is RETIRED`)];
        const output = join.prefix ? `${join.prefix}__${name}` : name;
        const clash = outputs.has(output);
        outputs.add(output);
        const detail = `view ${view.name} has two columns named ${output}; give one of the joins a prefix`;
        return clash ? [tell("feature_name_collision", pointer, detail)] : [];
      }),
    ];
  });
}

/** The columns that the joins of a view give, with their types, and the columns of their keys. */
function columnsOf(view: FeatureViewDefinition, known: Known): [columns: Map<string, string>, keys: Set<string>] {
  const columns = new Map<string, string>();
  const keys = new Set<string>();
  for (const join of view.joins) {
    const group = known.catalog.groups.get(join.group);
    if (!group) continue;
    const newest = known.newest.get(group.name) ?? 1;
    const types =
      join.version === undefined || join.version === newest
        ? new Map(group.features.map(({ name, type }) => [name, type]))
        : known.types.get(`${group.name}@${join.version}`);
    for (const name of join.features) {
      const type = types?.get(name);
      if (type !== undefined) columns.set(viewColumn(join.prefix ?? null, name), type);
    }
    for (const { name } of known.catalog.entities.get(group.entity)?.joinKeys ?? []) keys.add(join.keys[name] ?? name);
  }
  return [columns, keys];
}

function checkConsumer(consumer: ConsumerDefinition, known: Known, tell: Tell): ErrorIssue[] {
  const reads = `consumer ${consumer.name} reads`;
  const views = consumer.views.flatMap((view, at) =>
    known.views.has(view)
      ? []
      : [tell("feature_view_not_found", `/views/${at}`, `${reads} feature view ${view}, which is not defined`)],
  );
  const features = consumer.features.flatMap((text, at) => {
    const pointer = `/features/${at}`;
    if (!/^[a-z][a-z0-9_]{0,62}(@[1-9]\d{0,8})?:[a-z][a-z0-9_]{0,62}$/.test(text))
      return [tell("invalid_name", pointer, `${reads} "${text.slice(0, 80)}"; write group:feature or group@2:feature`)];
    const { group: name, version, feature } = parseFeatureReference(text);
    const group = known.catalog.groups.get(name ?? "");
    const status = group && featuresOf(known, group, version ?? undefined)?.get(feature);
    if (status === undefined) return [tell("feature_not_found", pointer, `${reads} ${text}, which does not exist`)];
    return status === "RETIRED" ? [tell("feature_retired", pointer, `${reads} ${text}, which is RETIRED`)] : [];
  });
  return [...views, ...features];
}

/** Features of a group version with their statuses, the newest version by default; null: there is no such version. */
function featuresOf(known: Known, group: FeatureGroupDefinition, version?: number): ReadonlyMap<string, string> | null {
  const newest = known.newest.get(group.name) ?? 1;
  const there = known.statuses.get(`${group.name}@${version ?? newest}`);
  if (version !== undefined && version !== newest) return there ?? null;
  return new Map(group.features.map(({ name }) => [name, there?.get(name) ?? "DRAFT"]));
}
