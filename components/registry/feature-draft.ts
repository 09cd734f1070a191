import type { z } from "zod";
import { defaultFeatureType, type FeatureType, isNumeric, parseDataType } from "@/lib/kernel/data-types";
import type { Value } from "@/lib/kernel/values";
import type { FeatureDefinition } from "@/lib/registry/definition-schema";

/** A feature as a form holds it: text where people type. */
export type FeatureDraft = {
  include: boolean;
  type: string;
  /** What the SQL gives; null: it gives no such column. */
  detected: string | null;
  featureType: FeatureType;
  description: string;
  owner: string;
  unit: string;
  tags: string[];
  notNull: boolean;
  min: string;
  max: string;
  /** One value a line. */
  allowed: string;
  default: string;
  sensitivity: "" | "public" | "internal" | "personal";
  /** As it was written before; what nobody touched is kept exactly. */
  original: FeatureDefinition | null;
};

type Written = z.input<typeof FeatureDefinition>;

/** A feature that nobody has described yet. */
export function newFeature(type: string, include = true): FeatureDraft {
  return {
    include,
    type,
    detected: type,
    featureType: defaultFeatureType(type),
    description: "",
    owner: "",
    unit: "",
    tags: [],
    notNull: false,
    min: "",
    max: "",
    allowed: "",
    default: "",
    sensitivity: "",
    original: null,
  };
}

/** A written feature, to be changed. */
export function draftOfFeature(feature: FeatureDefinition): FeatureDraft {
  const { constraints } = feature;
  return {
    ...newFeature(feature.type),
    featureType: feature.featureType ?? defaultFeatureType(feature.type),
    description: feature.description,
    owner: feature.owner ?? "",
    unit: feature.unit ?? "",
    tags: feature.tags,
    notNull: constraints?.notNull ?? false,
    min: constraints?.min === undefined ? "" : String(constraints.min),
    max: constraints?.max === undefined ? "" : String(constraints.max),
    allowed: allowedText(constraints?.allowed),
    default: textOf(feature.default ?? null),
    sensitivity: feature.sensitivity ?? "",
    original: feature,
  };
}

/** The definition that a draft says. Numbers that are none become NaN, which its schema refuses. */
export function featureOf(name: string, draft: FeatureDraft): Written {
  const { original, type } = draft;
  const before = original?.constraints;
  const allowed =
    draft.allowed === allowedText(before?.allowed)
      ? before?.allowed
      : linesOf(draft.allowed).map((line) => typedValue(line, type));
  const constraints = {
    ...(draft.min.trim() !== "" && { min: Number(draft.min) }),
    ...(draft.max.trim() !== "" && { max: Number(draft.max) }),
    ...((draft.notNull || before?.notNull === false) && { notNull: draft.notNull }),
    ...(allowed !== undefined && (allowed.length > 0 || before?.allowed?.length === 0) && { allowed }),
  };
  const standard = defaultFeatureType(type);
  const typed = draft.default === "" ? undefined : typedValue(draft.default, type);
  const fallback = draft.default === textOf(original?.default ?? null) ? original?.default : typed;
  return {
    name,
    type,
    ...((draft.featureType !== standard || original?.featureType !== undefined) && { featureType: draft.featureType }),
    description: draft.description,
    ...(draft.owner.trim() !== "" && { owner: draft.owner.trim() }),
    tags: draft.tags,
    ...(draft.unit.trim() !== "" && { unit: draft.unit.trim() }),
    ...((Object.keys(constraints).length > 0 || before !== undefined) && { constraints }),
    ...(fallback !== undefined && { default: fallback }),
    ...(draft.sensitivity !== "" && { sensitivity: draft.sensitivity }),
  };
}

/** A value as a person types it. */
export function textOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a person typed, as a value of the type; integers beyond 2^53 stay text, which is how they travel. */
export function typedValue(text: string, type: string): Value {
  const trimmed = text.trim();
  const parsed = parseDataType(type);
  if (!parsed) return text;
  if (parsed.length !== null || parsed.kind === "JSON") return fromJson(trimmed);
  if (parsed.kind === "BOOL") return trimmed === "true" ? true : trimmed === "false" ? false : trimmed;
  if (isNumeric(type) && parsed.kind !== "DECIMAL" && trimmed !== "") {
    const number = Number(trimmed);
    if (!Number.isFinite(number)) return trimmed;
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? trimmed : number;
  }
  return parsed.kind === "STRING" ? text : trimmed;
}

function fromJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

function allowedText(values: Value[] | undefined): string {
  return (values ?? []).map(textOf).join("\n");
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
