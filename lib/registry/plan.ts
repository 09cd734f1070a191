import { createHash } from "node:crypto";
import type { Definition, FeatureGroupDefinition, PlanStep } from "./definition-schema";

/** The newest stored revision of a definition. */
export type StoredDefinition = {
  kind: string;
  name: string;
  version: number;
  revision: number;
  hash: string;
  body: Definition;
};

/** What has to happen so that the catalog holds `desired`. Definitions that are not mentioned stay. */
export function planDefinitions(stored: StoredDefinition[], desired: Definition[]): PlanStep[] {
  const byId = new Map(stored.map((item) => [`${item.kind}:${item.name}`, item]));
  return desired.map((definition) => {
    const current = byId.get(`${definition.kind}:${definition.name}`);
    const base = { kind: definition.kind, name: definition.name };
    if (!current) return { ...base, action: "create", grade: null, version: 1, changes: [] };
    if (current.hash === hashDefinition(definition)) {
      return { ...base, action: "unchanged", grade: null, version: current.version, changes: [] };
    }
    const graded = gradeChange(current.body, definition);
    const versioned = definition.kind === "feature_group" || definition.kind === "feature_view";
    const version = versioned && graded.grade === "BREAKING" ? current.version + 1 : current.version;
    return { ...base, action: "change", version, ...graded };
  });
}

/** A hash of what a definition says, independent of the order of keys. */
export function hashDefinition(definition: Definition): string {
  return createHash("sha256").update(canonicalJson(definition)).digest("hex");
}

/** JSON with sorted keys, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

type Graded = { grade: "BREAKING" | "NON_BREAKING" | "METADATA"; changes: string[] };

const METADATA_KEYS = new Set(["description", "owner", "tags", "title"]);

/** Grades a change. BREAKING: readers of the old shape would break; NON_BREAKING: data or behaviour changes; METADATA: words only. */
export function gradeChange(before: Definition, after: Definition): Graded {
  const notes = before.kind === "feature_group" && after.kind === "feature_group" ? compareGroups(before, after) : [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key === "features" && before.kind === "feature_group") continue;
    const [old, now] = [before, after].map((side) => canonicalJson((side as Record<string, unknown>)[key]));
    if (old === now) continue;
    if (METADATA_KEYS.has(key)) notes.push({ grade: "METADATA", change: `${key} changed` });
    else if (BREAKING_KEYS[after.kind].includes(key)) notes.push({ grade: "BREAKING", change: `${key} changed` });
    else notes.push({ grade: "NON_BREAKING", change: `${key} changed` });
  }
  const grade =
    (["BREAKING", "NON_BREAKING"] as const).find((level) => notes.some((note) => note.grade === level)) ?? "METADATA";
  return { grade, changes: notes.map((note) => note.change) };
}

const BREAKING_KEYS: Record<Definition["kind"], string[]> = {
  project: [],
  entity: ["joinKeys"],
  source: [],
  feature_group: ["entity", "eventTime"],
  feature_view: ["joins"],
};

function compareGroups(
  before: FeatureGroupDefinition,
  after: FeatureGroupDefinition,
): { grade: Graded["grade"]; change: string }[] {
  const notes: { grade: Graded["grade"]; change: string }[] = [];
  const old = new Map(before.features.map((feature) => [feature.name, feature]));
  for (const feature of after.features) {
    const previous = old.get(feature.name);
    old.delete(feature.name);
    if (!previous) notes.push({ grade: "NON_BREAKING", change: `feature ${feature.name} added` });
    else if (previous.type !== feature.type) {
      notes.push({
        grade: "BREAKING",
        change: `feature ${feature.name}: type ${previous.type} becomes ${feature.type}`,
      });
    } else if (canonicalJson(previous) !== canonicalJson(feature)) {
      notes.push({ grade: "METADATA", change: `feature ${feature.name}: description, tags or constraints changed` });
    }
  }
  for (const name of old.keys()) notes.push({ grade: "BREAKING", change: `feature ${name} removed` });
  return notes;
}
