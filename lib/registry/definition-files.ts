import { isMap, LineCounter, type Node, parseAllDocuments, type Scalar } from "yaml";
import type { z } from "zod";
import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import { Definition, type DefinitionFile } from "./definition-schema";

/** Where a mistake is: file and line of what came from files, a JSON pointer in what came from a form. */
export type Place = Pick<ErrorIssue, "file" | "line" | "pointer">;

/** A definition that knows where it was written; `line` counts from 1 within the SQL or expression that the pointer leads to. */
export type LocatedDefinition = { definition: Definition; at(pointer: string, line?: number): Place };

/** A definition that one form or one API request holds. */
export function fromForm(definition: Definition): LocatedDefinition {
  return { definition, at: (pointer) => (pointer === "" ? {} : { pointer }) };
}

/**
 * Reads YAML definition files (several documents each); `sql: file.sql` takes the text of that file.
 * Throws one `definition_invalid` with every mistake: file, line, and what was expected.
 */
export function parseDefinitionFiles(files: DefinitionFile[]): LocatedDefinition[] {
  const issues: ErrorIssue[] = [];
  const texts = new Map(files.map((file) => [normalize(file.path), file.text]));
  const located = files.filter((file) => /\.ya?ml$/i.test(file.path)).flatMap((file) => parseFile(file, texts, issues));
  const seen = new Map<string, Place>();
  for (const { definition, at } of located) {
    const id = `${definition.kind}:${definition.name}`;
    const first = seen.get(id);
    if (first) {
      const detail = `${id} is defined already in ${first.file}:${first.line}`;
      issues.push({ code: "duplicate", ...at(""), detail });
    }
    seen.set(id, at(""));
  }
  if (issues.length === 0 && located.length === 0) {
    issues.push({ code: "empty", detail: "no definitions found; expected .yaml files with `kind:` documents" });
  }
  if (issues.length > 0) throw invalidDefinitions(issues);
  return located;
}

/** The error of one or more wrong definitions; the first is named in the detail. */
export function invalidDefinitions(issues: ErrorIssue[]): LarderError {
  const first = issues[0];
  const place = first?.file ? `${first.file}${first.line ? `:${first.line}` : ""}: ` : "";
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const end = first?.file ? "applied" : "saved";
  return new LarderError(
    "definition_invalid",
    `${place}${first?.detail ?? "not valid"}${more}; nothing was ${end}`,
    issues,
  );
}

function parseFile(file: DefinitionFile, texts: Map<string, string>, issues: ErrorIssue[]): LocatedDefinition[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, uniqueKeys: true });
  if ("empty" in documents) return [];
  return documents.flatMap((document) => {
    for (const error of document.errors) {
      const [summary] = error.message.split(" at line ");
      issues.push({
        code: "yaml_syntax",
        file: file.path,
        line: lines.linePos(error.pos[0]).line,
        detail: summary ?? error.message,
      });
    }
    if (document.errors.length > 0 || document.contents === null) return [];
    const lineOf = (path: PropertyKey[]): number => lineOfPath(document.contents as Node, path, lines);
    // The text of a block (| or >) starts on the line after its key.
    const lineOfText = (path: string[]): number =>
      lineOf(path) + (String((document.getIn(path, true) as Scalar | undefined)?.type).startsWith("BLOCK") ? 1 : 0);
    const body: unknown = document.toJS({ maxAliasCount: 100 });
    const sql = resolveSql(body, file, texts, lineOf, issues);
    if (!sql) return [];
    const parsed = Definition.safeParse(sql.body);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        const keys = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
        issues.push({ ...describeIssue(issue), file: file.path, line: lineOf([...issue.path, ...keys]) });
      }
      return [];
    }
    const whole = { file: file.path, line: lineOf([]) };
    const sqlStart = sql.file ? 1 : lineOfText(parsed.data.kind === "feature_view" ? ["spine", "sql"] : ["sql"]);
    const inSql = (line: number): Place => ({ file: sql.file ?? file.path, line: sqlStart + line - 1 });
    const at = (pointer: string, line = 1): Place => {
      if (pointer.endsWith("/sql")) return inSql(line);
      if (!/^\/(?:onDemand|requestData)\//.test(pointer)) return whole;
      return { file: file.path, line: lineOfText(pointer.split("/").slice(1)) + line - 1 };
    };
    return [{ definition: parsed.data, at }];
  });
}

function resolveSql(
  body: unknown,
  file: DefinitionFile,
  texts: Map<string, string>,
  lineOf: (path: PropertyKey[]) => number,
  issues: ErrorIssue[],
): { body: unknown; file: string | null } | null {
  if (typeof body !== "object" || body === null) return { body, file: null };
  const record = { ...(body as Record<string, unknown>) };
  let usedFile: string | null = null;
  const take = (holder: Record<string, unknown>, path: string[]): boolean => {
    if (typeof holder.sql !== "string" || !/^[\w./-]+\.sql$/.test(holder.sql.trim())) return true;
    const target = normalize(`${file.path.split("/").slice(0, -1).join("/")}/${holder.sql.trim()}`);
    const text = texts.get(target);
    if (text === undefined) {
      issues.push({
        code: "missing_file",
        file: file.path,
        line: lineOf(path),
        detail: `sql names ${target}, which is not among the files`,
      });
      return false;
    }
    holder.sql = text;
    usedFile = target;
    return true;
  };
  if (!take(record, ["sql"])) return null;
  if (typeof record.spine === "object" && record.spine !== null) {
    const spine = { ...(record.spine as Record<string, unknown>) };
    if (!take(spine, ["spine", "sql"])) return null;
    record.spine = spine;
  }
  return { body: record, file: usedFile };
}

function describeIssue(issue: z.core.$ZodIssue): { code: string; detail: string; pointer: string } {
  const pointer = `/${issue.path.map(String).join("/")}`;
  const where = issue.path.length > 0 ? `${issue.path.map(String).join(".")}: ` : "";
  if (issue.code === "unrecognized_keys")
    return {
      code: "unknown_key",
      pointer,
      detail: `${where}unknown key ${issue.keys.map((key) => `"${key}"`).join(", ")}${statusHint(issue)}`,
    };
  if (issue.code === "invalid_union" && "discriminator" in issue) {
    return {
      code: "invalid_kind",
      pointer,
      detail: "kind must be project, entity, source, feature_group, feature_view or consumer",
    };
  }
  return { code: issue.code, pointer, detail: `${where}${issue.message}` };
}

// People know it from other stores, and definitions had it once.
const statusHint = ({ keys, path }: { keys: string[]; path: PropertyKey[] }): string =>
  path[0] === "features" && keys.includes("status")
    ? "; features begin as DRAFT, and change requests move them on"
    : "";

function lineOfPath(root: Node, path: PropertyKey[], lines: LineCounter): number {
  let node: unknown = root;
  let offset = root.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String((item.key as { value?: unknown } | null)?.value) === String(step));
      if (!pair) break;
      offset = (pair.key as Node | null)?.range?.[0] ?? offset;
      node = pair.value;
    } else if (node && typeof node === "object" && "items" in node) {
      node = (node as { items: unknown[] }).items[Number(step)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else break;
  }
  return lines.linePos(offset).line;
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
