import { createHash } from "node:crypto";
import { canonicalJson } from "@/lib/kernel/canonical-json";
import type { Definition, FeatureDefinition, FeatureGroupDefinition, PlanStep } from "./definition-schema";
import { compareOnDemand } from "./view-changes";

/** The newest revision of a definition. */
export type StoredDefinition = {
  kind: string;
  name: string;
  version: number;
  revision: number;
  hash: string;
  body: Definition;
  createdBy: string;
  createdAt: Date;
  /** Sources and groups that its SQL names. */
  reads: string[];
};

/** What the catalog holds, and the last revision of what it held once: a name that comes back goes on counting. */
export type Registered = { live: StoredDefinition[]; gone: StoredDefinition[] };

/** What has to happen so that the catalog holds `desired`. Definitions that are not mentioned stay. */
export function planDefinitions({ live, gone }: Registered, desired: Definition[]): PlanStep[] {
  const idOf = (item: { kind: string; name: string }): string => `${item.kind}:${item.name}`;
  const current = new Map(live.map((item) => [idOf(item), item]));
  const former = new Map(gone.map((item) => [idOf(item), item]));
  return desired.map((definition) => {
    const base = { kind: definition.kind, name: definition.name, downstream: [] };
    const before = current.get(idOf(definition));
    const versioned = definition.kind === "feature_group" || definition.kind === "feature_view";
    if (!before) {
      // A version never means two things: training sets name theirs for ever.
      const version = versioned ? (former.get(idOf(definition))?.version ?? 0) + 1 : 1;
      return { ...base, action: "create", grade: null, version, changes: [] };
    }
    if (before.hash === hashDefinition(definition)) {
      return { ...base, action: "unchanged", grade: null, version: before.version, changes: [] };
    }
    const graded = gradeChange(before.body, definition);
    const version = versioned && graded.grade === "BREAKING" ? before.version + 1 : before.version;
    return { ...base, action: "change", version, ...graded };
  });
}

/** A hash of what a definition says, independent of the order of keys. */
export function hashDefinition(definition: Definition): string {
  return createHash("sha256").update(canonicalJson(definition)).digest("hex");
}

/** Whether two definitions differ in what others refer to or the engine runs, so that references and SQL need checking. */
export function isSameStructure(before: Definition, after: Definition): boolean {
  return structureOf(before) === structureOf(after);
}

function structureOf(definition: Definition): string {
  const { description: _description, owner: _owner, tags: _tags, ...rest } = { owner: null, tags: [], ...definition };
  if (rest.kind !== "feature_group") return canonicalJson(rest);
  return canonicalJson({ ...rest, features: rest.features.map(({ name, type }) => ({ name, type })) });
}

type Grade = "BREAKING" | "NON_BREAKING" | "METADATA";
type Note = { grade: Grade; change: string };
type Graded = { grade: Grade; changes: string[] };

const METADATA_KEYS = new Set(["description", "owner", "tags", "title", "unit", "url"]);

const BREAKING_KEYS: Record<Definition["kind"], string[]> = {
  project: [],
  entity: ["joinKeys"],
  source: [],
  // Files of older commits, which can still be read and rebuilt from, are laid out by these.
  feature_group: ["entity", "eventTime", "createdTime"],
  feature_view: ["joins"],
  consumer: [],
};

/** Grades a change. BREAKING: readers of the old shape would break; NON_BREAKING: data or behaviour changes; METADATA: words only. */
export function gradeChange(before: Definition, after: Definition): Graded {
  const notes = before.kind === "feature_group" && after.kind === "feature_group" ? compareGroups(before, after) : [];
  if (before.kind === "feature_view" && after.kind === "feature_view") notes.push(...compareOnDemand(before, after));
  for (const key of differingKeys(before, after)) {
    if (key === "features" && before.kind === "feature_group") continue;
    if (key === "onDemand" || key === "requestData") continue;
    if (key === "sql" && changesOrigin(before, after)) continue;
    const breaking = BREAKING_KEYS[after.kind].includes(key);
    const grade = METADATA_KEYS.has(key) ? "METADATA" : breaking ? "BREAKING" : "NON_BREAKING";
    notes.push({ grade, change: `${key} changed` });
  }
  return { grade: worstOf(notes), changes: notes.map((note) => note.change) };
}

const isWritten = (definition: Definition): boolean =>
  definition.kind === "feature_group" && definition.sql === undefined;

const changesOrigin = (before: Definition, after: Definition): boolean =>
  before.kind === "feature_group" && after.kind === "feature_group" && isWritten(before) !== isWritten(after);

function worstOf(notes: Note[]): Grade {
  return (
    (["BREAKING", "NON_BREAKING"] as const).find((grade) => notes.some((note) => note.grade === grade)) ?? "METADATA"
  );
}

function differingKeys(before: object, after: object): string[] {
  const [old, now] = [before, after] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => canonicalJson(old?.[key]) !== canonicalJson(now?.[key]));
}

function compareGroups(before: FeatureGroupDefinition, after: FeatureGroupDefinition): Note[] {
  const notes: Note[] = [];
  // Else computing would replace what was written.
  if (isWritten(before) !== isWritten(after))
    notes.push({
      grade: "BREAKING",
      change: isWritten(after) ? "rows are written, not computed" : "rows are computed, not written",
    });
  // Rows before the first interval would stay for ever as the whole computation, or an earlier start, left them.
  if (before.incremental?.start !== after.incremental?.start)
    notes.push({ grade: "BREAKING", change: "what is computed by intervals, or from when, changed" });
  const old = new Map(before.features.map((feature) => [feature.name, feature]));
  for (const feature of after.features) {
    const previous = old.get(feature.name);
    old.delete(feature.name);
    if (!previous) notes.push({ grade: "NON_BREAKING", change: `feature ${feature.name} added` });
    else notes.push(...compareFeatures(previous, feature));
  }
  for (const name of old.keys()) notes.push({ grade: "BREAKING", change: `feature ${name} removed` });
  const order = (group: FeatureGroupDefinition): string => group.features.map(({ name }) => name).join();
  if (notes.length === 0 && order(before) !== order(after))
    notes.push({ grade: "METADATA", change: "features in another order" });
  return notes;
}

function compareFeatures(before: FeatureDefinition, after: FeatureDefinition): Note[] {
  const keys = differingKeys(before, after);
  const named = `feature ${after.name}:`;
  const others = keys.filter((key) => key !== "type");
  const grade = others.every((key) => METADATA_KEYS.has(key)) ? "METADATA" : "NON_BREAKING";
  return [
    ...(keys.includes("type")
      ? [{ grade: "BREAKING" as const, change: `${named} type ${before.type} becomes ${after.type}` }]
      : []),
    ...(others.length > 0 ? [{ grade, change: `${named} ${others.join(", ")} changed` } as const] : []),
  ];
}
