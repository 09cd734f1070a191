import type { Value } from "@/lib/kernel/values";
import { ReadFeatures } from "@/lib/serving/schema";
import { bodyFields, parseWith } from "../parse-input";

const FIELDS = new Set(["entity_id", "entity_ids", "features", "view"]);

/**
 * The body of a read. What nearly every request looks like is checked by hand, which costs a tenth; everything else is left
 * to the schema, which also says what is wrong.
 */
export function readInput(body: unknown): ReadFeatures {
  if (isPlain(body)) return plainInput(body);
  return parseWith(ReadFeatures, bodyFields(body)) as ReadFeatures;
}

// Not by spreading: that costs more than all the rest of this.
function plainInput({ entity_id, entity_ids, features, view }: Plain): ReadFeatures {
  return { entity_id, entity_ids, features, view, include_expired: false, fill_defaults: false, answer: "full" };
}

type Plain = Pick<ReadFeatures, "entity_id" | "entity_ids" | "features" | "view">;

function isPlain(body: unknown): body is Plain {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  for (const name in body) if (!FIELDS.has(name)) return false;
  const { entity_id, entity_ids, features, view } = body as Record<string, unknown>;
  if (view !== undefined && !(typeof view === "string" && NAME.test(view))) return false;
  if (features !== undefined && !(Array.isArray(features) && features.length <= 2000 && features.every(isReference)))
    return false;
  if (features !== undefined && (features as unknown[]).length === 0) return false;
  if (entity_ids !== undefined && !(Array.isArray(entity_ids) && entity_ids.every(isId))) return false;
  return entity_id === undefined || isId(entity_id);
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

function isReference(value: unknown): boolean {
  return typeof value === "string" && value.length <= 200;
}

function isId(value: unknown): boolean {
  if (typeof value === "number") return true;
  if (typeof value === "string") return value.length <= 4000 && isText(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const item of Object.values(value) as Value[])
    if (typeof item === "object" || (typeof item === "string" && !isText(item))) return false;
  return true;
}

/** Text without U+0000, which no database keeps; halves of characters were looked at where escapes were seen. */
function isText(text: string): boolean {
  return !text.includes("\0");
}
