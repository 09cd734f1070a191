import type { z } from "zod";
import { type ErrorCode, type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import { Name } from "@/lib/kernel/names";
import { pointerOf } from "./json";
import { hasBody, pathNames, type Route } from "./route";

const MAX_ISSUES = 100;
const NAME_PATTERN = patternOf(Name);

/** What a request brings: decoded path parameters, the query without `project`, and the body if there is one. */
export type Parts = { path: Record<string, string>; query: URLSearchParams; body: unknown };

/**
 * The input of a route, checked field by field. Throws `unknown_field`, `invalid_parameter` (path and query),
 * `invalid_name` or `validation_failed` (body), naming every field that is wrong.
 */
export function parseInput(definition: Route, parts: Parts): unknown {
  const names = pathNames(definition.path);
  const inBody = hasBody(definition.method);
  const given = inBody ? bodyFields(parts.body) : queryFields(parts.query);
  const unknown = [...names.filter((name) => name in given), ...(inBody ? new Set(parts.query.keys()) : [])];
  if (unknown.length > 0)
    throw failure(
      "unknown_field",
      unknown.map((name) => unknownField([name])),
    );
  return parseWith(
    definition.input,
    { ...given, ...parts.path },
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
  if (result.success) return result.data;
  const issues = result.error.issues.flatMap(issuesOf).slice(0, MAX_ISSUES);
  if (issues.every((issue) => issue.code === "unknown_field")) throw failure("unknown_field", issues);
  if (!issues.some(isBody)) throw failure("invalid_parameter", issues);
  throw failure(issues.every((issue) => issue.code === "invalid_name") ? "invalid_name" : "validation_failed", issues);
}

const strict = new WeakMap<z.ZodObject, z.ZodObject>();

/** Kept, because zod compiles a schema at its first use. */
function strictOf(schema: z.ZodObject): z.ZodObject {
  const found = strict.get(schema) ?? schema.strict();
  strict.set(schema, found);
  return found;
}

function bodyFields(body: unknown): Record<string, unknown> {
  if (body === undefined) return {};
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw failure("validation_failed", [{ code: "invalid_type", pointer: "", detail: "must be a JSON object" }]);
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
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField([...issue.path, key]));
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
