import type { z } from "zod";
import type { GuessedColumn } from "@/lib/datasets/schema";
import { KeyTypeText } from "@/lib/kernel/data-types";
import { Name } from "@/lib/kernel/names";
import type { EntityDefinition, FeatureGroupDefinition, JoinKey } from "@/lib/registry/definition-schema";
import { draftOfFeature, type FeatureDraft, featureOf, newFeature } from "./feature-draft";
import { indented, nameFrom, sqlName } from "./sql-names";
import { NO_TIMING, type TimingDraft, timingFrom, timingOf } from "./timing-draft";

/** A feature group while it is being written. */
export type GroupDraft = {
  name: string;
  description: string;
  owner: string;
  tags: string[];
  sources: string[];
  sql: string;
  /** Nobody has changed the SQL that was written for them. */
  suggested: boolean;
  /** What the SQL gave at the last preview that worked; null: not known yet. */
  columns: GuessedColumn[] | null;
  entity: string;
  /** Set: the entity is to be made together with the group, with these columns as its join keys. */
  newEntity: { name: string; description: string; keys: string[] } | null;
  /** Join key of the entity -> column that holds it. */
  keys: Record<string, string>;
  time: string;
  /** The rows hold for all time: a constant event time is added. */
  timeless: boolean;
  createdTime: string;
  ttl: string;
  /** Drafts that a browser has kept from before have none. */
  timing?: TimingDraft;
  /** Set: there is no SQL, rows are written through the API; what rows that come twice mean. */
  written?: { duplicates: "reject" | "keep_last" };
  online: boolean;
  offline: boolean;
  features: Record<string, FeatureDraft>;
};

type KnownEntity = { name: string; joinKeys: JoinKey[] };
type Group = z.input<typeof FeatureGroupDefinition>;
type Entity = z.input<typeof EntityDefinition>;

const TIMELESS = "event_timestamp";

/** A feature group of which nothing is known yet. */
export function emptyGroup(source: string | null): GroupDraft {
  return {
    name: "",
    description: "",
    owner: "",
    tags: [],
    sources: source ? [source] : [],
    sql: "",
    suggested: true,
    columns: null,
    entity: "",
    newEntity: null,
    keys: {},
    time: "",
    timeless: false,
    createdTime: "",
    ttl: "",
    timing: NO_TIMING,
    online: true,
    offline: true,
    features: {},
  };
}

/** A feature group whose rows will be written through the API. */
export function emptyWrittenGroup(): GroupDraft {
  return { ...emptyGroup(null), suggested: false, time: TIMELESS, written: { duplicates: "keep_last" } };
}

/** The draft with one more feature; null when it has one of that name. */
export function withFeature(draft: GroupDraft, name: string, type: string): GroupDraft | null {
  if (Object.hasOwn(draft.features, name)) return null;
  return { ...draft, features: { ...draft.features, [name]: newFeature(type) } };
}

/** A registered feature group, to be changed. */
export function draftOfGroup(group: FeatureGroupDefinition, joinKeys: JoinKey[]): GroupDraft {
  return {
    ...emptyGroup(null),
    name: group.name,
    description: group.description,
    owner: group.owner ?? "",
    tags: group.tags,
    sql: group.sql ?? "",
    suggested: false,
    entity: group.entity,
    keys: Object.fromEntries(joinKeys.map((key) => [key.name, key.name])),
    time: group.eventTime,
    createdTime: group.createdTime ?? "",
    ttl: group.ttl ?? "",
    timing: timingOf(group),
    ...(group.sql === undefined && { written: { duplicates: group.duplicates ?? "keep_last" } }),
    online: group.online,
    offline: group.offline,
    features: Object.fromEntries(group.features.map((feature) => [feature.name, draftOfFeature(feature)])),
  };
}

/** The draft after a preview: what is there is kept, what is new gets the guesses, what is gone from the SQL is marked. */
export function withColumns(draft: GroupDraft, columns: GuessedColumn[], entities: KnownEntity[]): GroupDraft {
  const names = new Set(columns.map((column) => column.name));
  const at = (role: GuessedColumn["role"]): GuessedColumn[] => columns.filter((column) => column.role === role);
  const next: GroupDraft = { ...draft, columns, features: {} };
  const guess = at("key")[0];
  if (draft.entity === "" && draft.newEntity === null && guess) {
    if (guess.entity) next.entity = guess.entity;
    else {
      const base = nameFrom(guess.name).replace(/_?(id|key|code|uuid)$/, "");
      next.newEntity = { name: base || "entity", description: "", keys: [guess.name] };
    }
  }
  if (next.newEntity) next.newEntity = { ...next.newEntity, keys: next.newEntity.keys.filter((key) => names.has(key)) };
  next.keys = mappedKeys(next, entities);
  if (!names.has(draft.time) && !draft.timeless) next.time = at("event_time")[0]?.name ?? "";
  if (!names.has(draft.createdTime)) next.createdTime = "";
  for (const [name, feature] of Object.entries(draft.features))
    if (names.has(name) || feature.original) next.features[name] = { ...feature, detected: null };
  for (const { name, type } of columns) {
    const known = next.features[name];
    const usable = Name.safeParse(name).success;
    if (!known) next.features[name] = newFeature(type, usable);
    else {
      // A type that was taken from the SQL follows it; one that somebody chose stays.
      const follows = draft.features[name]?.detected === known.type && known.original === null;
      next.features[name] = { ...known, detected: type, ...(follows ? { type } : {}) };
    }
  }
  return next;
}

/** The draft with another entity: its keys are looked for among the columns by name. */
export function withEntity(draft: GroupDraft, entity: string, entities: KnownEntity[]): GroupDraft {
  const next = { ...draft, entity, newEntity: null, keys: {} };
  return { ...next, keys: mappedKeys(next, entities) };
}

function mappedKeys(draft: GroupDraft, entities: KnownEntity[]): Record<string, string> {
  const { columns } = draft;
  if (columns === null) return draft.keys;
  const names = new Set(columns.map((column) => column.name));
  return Object.fromEntries(
    (entities.find((one) => one.name === draft.entity)?.joinKeys ?? []).map(({ name }) => {
      const before = draft.keys[name];
      return [name, before && names.has(before) ? before : names.has(name) ? name : ""];
    }),
  );
}

/** Columns that are keys or times, and so no features. */
export function takenColumns(draft: GroupDraft): Set<string> {
  const keys = draft.newEntity ? draft.newEntity.keys : Object.values(draft.keys);
  return new Set([...keys, draft.timeless ? "" : draft.time, draft.createdTime].filter((name) => name !== ""));
}

/** The features of the draft that are not taken as keys or times, in order; `gone`: the SQL gives no such column. */
export function featureRows(draft: GroupDraft): { name: string; feature: FeatureDraft; gone: boolean }[] {
  const taken = takenColumns(draft);
  return Object.entries(draft.features)
    .filter(([name]) => !taken.has(name))
    .map(([name, feature]) => ({ name, feature, gone: draft.columns !== null && feature.detected === null }));
}

/** The definitions that the draft says: the group, and the entity if it is new. */
export function definitionsOf(draft: GroupDraft): { group: Group; entity: Entity | null } {
  const { newEntity } = draft;
  const included = featureRows(draft).filter(({ feature, gone }) => feature.include && !gone);
  const types = new Map((draft.columns ?? []).map((column) => [column.name, column.type]));
  const group: Group = {
    kind: "feature_group",
    name: draft.name,
    description: draft.description,
    ...(draft.owner.trim() !== "" && { owner: draft.owner.trim() }),
    tags: draft.tags,
    entity: newEntity ? newEntity.name : draft.entity,
    ...(!draft.written && {
      sql: finalSql(
        draft,
        included.map(({ name }) => name),
      ),
    }),
    // The default is not said.
    ...(draft.written?.duplicates === "reject" && { duplicates: "reject" as const }),
    eventTime: draft.timeless ? TIMELESS : draft.time,
    ...(draft.createdTime !== "" && { createdTime: draft.createdTime }),
    ...(draft.ttl.trim() !== "" && { ttl: draft.ttl.trim() }),
    ...timingFrom(draft.timing),
    online: draft.online,
    offline: draft.offline,
    features: included.map(({ name, feature }) => featureOf(name, feature)),
  };
  if (!newEntity) return { group, entity: null };
  const joinKeys = newEntity.keys.map((name) => ({ name, type: types.get(name) ?? "" }) as JoinKey);
  const { name, description } = newEntity;
  return { group, entity: { kind: "entity", name, description, joinKeys } };
}

/** The SQL as written where it gives exactly what is wanted; else a SELECT of what is wanted around it. */
function finalSql(draft: GroupDraft, features: string[]): string {
  const { columns, sql } = draft;
  if (columns === null) return sql;
  const keys = draft.newEntity
    ? draft.newEntity.keys.map((name) => [name, name] as const)
    : Object.entries(draft.keys).map(([key, column]) => [column, key] as const);
  const times = [draft.timeless ? "" : draft.time, draft.createdTime].filter((name) => name !== "");
  const wanted = [...keys, ...[...times, ...features].map((name) => [name, name] as const)];
  const same = wanted.every(([column, as]) => column === as) && wanted.length === columns.length;
  if (same && !draft.timeless) return sql.trim();
  const list = wanted.map(([column, as]) =>
    column === as ? `  ${sqlName(column)}` : `  ${sqlName(column)} AS ${sqlName(as)}`,
  );
  if (draft.timeless) list.push(`  TIMESTAMP '1970-01-01 00:00:00' AS ${TIMELESS}`);
  return `SELECT\n${list.join(",\n")}\nFROM (\n${indented(sql)}\n)`;
}

/** Columns that could be join keys of a new entity. */
export function possibleKeys(draft: GroupDraft): GuessedColumn[] {
  return (draft.columns ?? []).filter(
    ({ name, type }) => KeyTypeText.safeParse(type).success && Name.safeParse(name).success,
  );
}

/** Columns that can say when something happened. */
export function possibleTimes(draft: GroupDraft): GuessedColumn[] {
  return (draft.columns ?? []).filter(
    ({ name, type }) => (type === "TIMESTAMP" || type === "DATE") && Name.safeParse(name).success,
  );
}
