import type { z } from "zod";

/** `path` with its query changed: a value sets, null removes. Empty: the path alone. */
export function withParams(
  path: string,
  current: URLSearchParams | string,
  changes: Record<string, string | null>,
): string {
  const params = new URLSearchParams(current.toString());
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, value);
  }
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}

/** The query of a page as single values; of a repeated one the first counts. */
export function singleParams(params: Record<string, string | string[] | undefined>): Record<string, string> {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first) single[name] = first;
  }
  return single;
}

/** Reads a page's query with a schema; what is not valid is left out, so that an old or mistyped link still opens. */
export function readParams<S extends z.ZodObject>(schema: S, params: Record<string, string>): z.output<S> {
  const first = schema.safeParse(params);
  if (first.success) return first.data;
  const wrong = new Set(first.error.issues.map((issue) => String(issue.path[0])));
  return schema.parse(Object.fromEntries(Object.entries(params).filter(([name]) => !wrong.has(name))));
}
