import type { z } from "zod";
import { type ErrorCode, type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import { Name } from "@/lib/kernel/names";
import { pointerOf } from "./json";
import { hasBody, pathNames, type Route } from "./route";

const MAX_ISSUES = 100;
const NAME_PATTERN = patternOf(Name);

/** What a request brings: decoded path parameters, the query without `project`, and the body if there is one. */
export type Parts = { path: Record<string, string>; query: URLSearchParams; body: unknown; ifMatch: string | null };

/**
 * The input of a route, checked field by field. Throws `unknown_field`, `invalid_parameter` (path and query),
 * `invalid_name` or `validation_failed` (body), naming every field that is wrong.
 */
export function parseInput(definition: Route, parts: Parts): unknown {
  const names = pathNames(definition.path);
  const inBody = hasBody(definition.method);
  const given = inBody ? bodyFields(parts.body) : queryFields(parts.query);
  // What a body says like its path does no harm: what was read can be sent back.
  const fixed = [
    ...names.filter((name) => given[name] !== parts.path[name]),
    ...(definition.conditional ? ["expectedRevision"] : []),
  ];
  const unknown = [...fixed.filter((name) => name in given), ...(inBody ? new Set(parts.query.keys()) : [])];
  if (unknown.length > 0)
    throw failure(
      "unknown_field",
      unknown.map((name) => unknownField([name])),
    );
  return parseWith(
    definition.input,
    {
      ...given,
      ...parts.path,
      ...(definition.conditional ? { expectedRevision: expectedRevision(parts.ifMatch) } : {}),
    },
    (issue) => inBody && !names.includes(issue.pointer?.split("/")[1] ?? ""),
  );
}

/** Parses against a schema as strictly as every door does. `isBody` tells which issues are about the body. */
export function parseWith(
  schema: z.ZodObject,
  value: unknown,
  isBody: (issue: ErrorIssue) => boolean = () => true,
): unknown {
  const result = strictOf(schema).safeParse(value);
  if (result.success) return requireText(result.data, isBody);
  const issues = result.error.issues.flatMap(issuesOf).slice(0, MAX_ISSUES);
  if (issues.every((issue) => issue.code === "unknown_field")) throw failure("unknown_field", issues);
  if (!issues.some(isBody)) throw failure("invalid_parameter", issues);
  const same = (["invalid_name", "invalid_type"] as const).find((code) => issues.every((issue) => issue.code === code));
  throw failure(same ?? "validation_failed", issues);
}

/** The revision that If-Match names: the ETag of an earlier answer. Throws `precondition_required` without one. */
function expectedRevision(ifMatch: string | null): number {
  if (ifMatch === null)
    throw new LarderError(
      "precondition_required",
      "Send the ETag of what you read as If-Match, so that nobody's change is lost",
    );
  const revision = /^\s*"?(\d{1,9})"?\s*$/.exec(ifMatch)?.[1];
  if (!revision)
    throw new LarderError("invalid_parameter", 'If-Match must be an ETag that this API answered, such as "3"');
  return Number(revision);
}

/** Throws for text that no database keeps: U+0000, and halves of characters. Names refuse it by their own rule. */
function requireText(value: unknown, isBody: (issue: ErrorIssue) => boolean): unknown {
  const issues: ErrorIssue[] = [];
  findUnkept(value, [], issues);
  if (issues.length > 0) throw failure(issues.some(isBody) ? "validation_failed" : "invalid_parameter", issues);
  return value;
}

function findUnkept(value: unknown, path: PropertyKey[], issues: ErrorIssue[]): void {
  if (typeof value === "string") {
    if (!value.includes("\0") && value.isWellFormed()) return;
    const detail = "must not contain U+0000 or halves of characters";
    if (issues.length < MAX_ISSUES) issues.push({ code: "invalid_text", pointer: pointerOf(path), detail });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) findUnkept(item, [...path, index], issues);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      findUnkept(key, [...path, key], issues);
      findUnkept(item, [...path, key], issues);
    }
  }
}

const strict = new WeakMap<z.ZodObject, z.ZodObject>();

/** Kept, because zod compiles a schema at its first use. */
function strictOf(schema: z.ZodObject): z.ZodObject {
  const found = strict.get(schema) ?? schema.strict();
  strict.set(schema, found);
  return found;
}

/** The fields of a body; none is no fields. Throws `invalid_type` for anything but an object. */
export function bodyFields(body: unknown): Record<string, unknown> {
  if (body === undefined) return {};
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw failure("invalid_type", [{ code: "invalid_type", pointer: "", detail: "must be a JSON object" }]);
}

/** A parameter given twice becomes a list, which no schema that expects one value takes. */
function queryFields(query: URLSearchParams): Record<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    fields.set(name, values.length === 1 ? values[0] : values);
  }
  return Object.fromEntries(fields);
}

function failure(code: ErrorCode, issues: ErrorIssue[]): LarderError {
  const [first] = issues;
  const where = first?.pointer ? `${first.pointer.slice(1).replaceAll("/", ".")} ` : "";
  const detail = issues.length === 1 && first ? `${where}${first.detail}` : `${issues.length} fields are not valid`;
  return new LarderError(code, detail, issues);
}

function unknownField(path: PropertyKey[]): ErrorIssue {
  return { code: "unknown_field", pointer: pointerOf(path), detail: "is not a field of this request" };
}

function issuesOf(issue: z.core.$ZodIssue): ErrorIssue[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, MAX_ISSUES).map((key) => unknownField([...issue.path, key]));
  return [{ pointer: pointerOf(issue.path), ...explain(issue) }];
}

function explain(issue: z.core.$ZodIssue): { code: string; detail: string } {
  switch (issue.code) {
    case "invalid_type":
      return /received undefined$/.test(issue.message)
        ? { code: "required", detail: "is required" }
        : { code: "invalid_type", detail: `must be ${issue.expected}` };
    case "invalid_value":
      return { code: "invalid_enum", detail: `must be one of ${issue.values.map(String).join(", ")}` };
    case "invalid_format":
      return {
        code: issue.pattern && issue.pattern === NAME_PATTERN ? "invalid_name" : "invalid_format",
        detail: issue.message,
      };
    case "too_small":
      return { code: "too_small", detail: `must be at least ${issue.minimum}${unitOf(issue.origin)}` };
    case "too_big":
      return { code: "too_big", detail: `must be at most ${issue.maximum}${unitOf(issue.origin)}` };
    case "invalid_union":
      return { code: "invalid_type", detail: "has none of the forms that are accepted here" };
    case "custom":
      return { code: "invalid_value", detail: issue.message };
    default:
      return { code: issue.code, detail: issue.message };
  }
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items long" : "";
}

function patternOf(name: z.ZodString): string {
  const issue = name.safeParse("A").error?.issues[0];
  return issue?.code === "invalid_format" ? (issue.pattern ?? "") : "";
}
