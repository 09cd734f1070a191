import { canonicalJson } from "@/lib/kernel/canonical-json";
import type { Definition, FeatureDefinition } from "@/lib/registry/definition-schema";

/** One part of a definition as it was, as somebody else has made it, and as it is to be. Undefined: not there. */
export type FieldChange = {
  path: string;
  label: string;
  base: unknown;
  theirs: unknown;
  mine: unknown;
  /** `both`: somebody must choose. */
  by: "mine" | "theirs" | "both";
};

export type Side = "mine" | "theirs";

/** Every field that differs between what one started from, what is there now, and what one wants; equal edits are none. */
export function compareThree(base: Definition, theirs: Definition, mine: Definition): FieldChange[] {
  const sides = [base, theirs, mine].map(fieldsOf) as [Fields, Fields, Fields];
  const whole = wholeFeatures(sides);
  const paths = new Set(sides.flatMap((fields) => [...fields.keys()]));
  // What is about the whole before what is about one feature.
  const ordered = [...paths].sort((a, b) => Number(featureOfPath(a) !== null) - Number(featureOfPath(b) !== null));
  return ordered.flatMap((path) => {
    const feature = featureOfPath(path);
    if (feature !== null && path.includes("/", "features/".length) === whole.has(feature)) return [];
    const [was, is, wanted] = sides.map((fields) => fields.get(path));
    const differs = (a: unknown, b: unknown): boolean => canonicalJson(a) !== canonicalJson(b);
    if (!differs(is, wanted)) return [];
    const by = !differs(was, is) ? "mine" : !differs(was, wanted) ? "theirs" : "both";
    return [{ path, label: path.replaceAll("/", ": "), base: was, theirs: is, mine: wanted, by }];
  });
}

/** What is there now, with every field as one has chosen; a field nobody chose stays as it is there. */
export function mergeThree<D extends Definition>(
  theirs: D,
  changes: readonly FieldChange[],
  chosen: Record<string, Side>,
): D {
  const merged = structuredClone(theirs) as Record<string, unknown>;
  for (const { path, mine } of changes) {
    if (chosen[path] !== "mine") continue;
    const [first = "", name, key] = path.split("/");
    if (name === undefined) put(merged, first, mine);
    else merged.features = withFeature(merged.features as FeatureDefinition[], name, key, mine);
  }
  return merged as D;
}

type Fields = Map<string, unknown>;

/** The fields of a definition; of a feature group those of each feature, and each feature as a whole. */
function fieldsOf(definition: Definition): Fields {
  const fields: Fields = new Map();
  for (const [key, value] of Object.entries(definition)) {
    if (key === "kind" || key === "name") continue;
    if (key !== "features" || definition.kind !== "feature_group") fields.set(key, value);
  }
  if (definition.kind !== "feature_group") return fields;
  for (const feature of definition.features) {
    fields.set(`features/${feature.name}`, feature);
    for (const [key, value] of Object.entries(feature))
      if (key !== "name") fields.set(`features/${feature.name}/${key}`, value);
  }
  return fields;
}

/** Features that not all three have: those are taken or left as a whole. */
function wholeFeatures(sides: Fields[]): Set<string> {
  const names = new Set(sides.flatMap((fields) => [...fields.keys()].flatMap((path) => featureOfPath(path) ?? [])));
  return new Set([...names].filter((name) => !sides.every((fields) => fields.has(`features/${name}`))));
}

function featureOfPath(path: string): string | null {
  return path.startsWith("features/") ? (path.split("/")[1] ?? null) : null;
}

function withFeature(
  features: FeatureDefinition[],
  name: string,
  key: string | undefined,
  value: unknown,
): FeatureDefinition[] {
  if (key === undefined) {
    const others = features.filter((feature) => feature.name !== name);
    return value === undefined ? others : [...others, value as FeatureDefinition];
  }
  return features.map((feature) => {
    if (feature.name !== name) return feature;
    const changed = { ...feature } as Record<string, unknown>;
    put(changed, key, value);
    return changed as FeatureDefinition;
  });
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}
