import { open } from "node:fs/promises";
import type { IngestRequest } from "@/lib/engines/offline/port";
import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import { larderType } from "./column-types";
import { resourceError } from "./failure";
import { type Check, checkJson, checkParquet, checkText } from "./ingest-values";
import type { Session } from "./session";
import { literal, quote } from "./sql";

/** The rows of an upload as they were sent. */
export type Incoming = {
  /** A SELECT that gives `x0`, `x1` … for the columns, in their order, and what the expressions below need. */
  from: string;
  checks: Check[];
  /** What is wrong with a row as a whole, a code; and whether it is no row at all. */
  rowProblem: string | null;
  blank: string | null;
  /** The row as it was sent, as text: a line, or JSON. */
  sent: string;
};

/** Longest line of column names that is looked at. */
const HEADER_BYTES = 1 << 20;
const MOST_LAYOUTS = 1000;

/** Reads an upload as rows of these columns. Throws `unreadable_file`, and `schema_mismatch` when its columns are others. */
export async function incoming(
  session: Session,
  format: IngestRequest["format"],
  columns: Column[],
): Promise<Incoming> {
  const [path = ""] = session.inputPaths();
  if (format === "json") return fromJson(session, path, columns);
  return format === "csv" ? fromCsv(path, columns) : fromParquet(session, path, columns);
}

/** A failure to read the upload: the file's fault, unless memory or disk explain it. */
export async function reading<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LarderError) throw error;
    const limit = resourceError(error);
    if (limit) throw limit;
    const text = session.redact(error instanceof Error ? error.message : String(error));
    throw unreadable(text, error);
  }
}

function unreadable(text: string, cause?: unknown): LarderError {
  const line = /on Line: (\d+)/.exec(text)?.[1];
  // DuckDB repeats the line, and recommends settings that nobody can make here.
  const counted = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text);
  const first = (text.split(/\nPossible |\n\s*file = |\n\s*\n/)[0] ?? text).replace(/^[\w ]+ Error: /, "");
  const why = counted
    ? `a row has ${counted[2]} values, the header has ${counted[1]}`
    : /unterminated quote/.test(text)
      ? "a quote is never closed"
      : /not utf-8|unicode/i.test(text)
        ? "it is not UTF-8 throughout"
        : /Maximum line size/i.test(text)
          ? "a line is longer than 2 MB"
          : first
              .replace(/Original Line:[\s\S]*$/, "")
              .replaceAll(/\s+/g, " ")
              .trim();
  const detail = `The file cannot be read: ${why}${line ? ` (line ${line})` : ""}`;
  const issue: ErrorIssue = { code: "unreadable_file", detail: why, ...(line ? { line: Number(line) } : {}) };
  return new LarderError("unreadable_file", detail, [issue], { cause });
}

async function fromJson(session: Session, path: string, columns: Column[]): Promise<Incoming> {
  // Nothing in JSON can be this delimiter, so a line is one value, whatever it holds.
  const lines = `read_csv(${literal(path)}, auto_detect = false, header = false, delim = '\x1f', quote = '', escape = '', columns = {'line': 'VARCHAR'})`;
  const structure = JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, "JSON"])));
  const known = `[${columns.map(({ name }) => literal(name)).join(", ")}]`;
  const isObject = "(json_valid(line) AND starts_with(ltrim(line), '{'))";
  const odd = `(len(list_filter(keys, lambda k: NOT list_contains(${known}, k))) > 0 OR len(list_distinct(keys)) < len(keys))`;
  const keys = `json_keys(CASE WHEN ${isObject} THEN line END)`;
  // Rows mostly have the same fields in few orders; only where some have others, each row is asked.
  const layouts = await reading(session, () =>
    session.rows(`SELECT DISTINCT ${keys} AS keys FROM ${lines} LIMIT ${MOST_LAYOUTS + 1}`),
  );
  const names = new Set(columns.map(({ name }) => name));
  const isOdd = (layout: string[]): boolean =>
    layout.some((name) => !names.has(name)) || new Set(layout).size < layout.length;
  const asks = layouts.length > MOST_LAYOUTS || layouts.some(([layout]) => isOdd((layout ?? []) as string[]));
  const fields = asks ? `, ${keys} AS keys` : "";
  const values = columns.map((column, i) => `${leaf(column)} AS x${i}`);
  return {
    from:
      `SELECT line, whole${fields ? ", keys" : ""}, ${values.join(", ")} FROM ` +
      `(SELECT line, whole${fields}, json_transform(CAST(CASE WHEN whole THEN line END AS JSON), ${literal(structure)}) AS j FROM (SELECT line, ${isObject} AS whole FROM ${lines}))`,
    checks: columns.map(({ type }) => checkJson(type)),
    rowProblem:
      `CASE WHEN whole THEN ${fields ? `CASE WHEN ${odd} THEN 'schema_mismatch' END` : "NULL"} ` +
      // Halves of characters are the one thing that JSON allows and the reader does not.
      `WHEN json_valid(line) OR regexp_matches(line, '\\\\u[dD][89a-fA-F]') THEN 'invalid_type' ELSE 'malformed_json' END`,
    blank: "(NOT coalesce(whole, false) AND coalesce(trim(line), '') = '')",
    sent: "line",
  };
}

/** The JSON of a field as text. Numbers come as the reader rounds them, so a decimal is looked for in what was sent. */
function leaf({ name, type }: Column): string {
  const value = `CAST(j.${quote(name)} AS VARCHAR)`;
  if (!/^DECIMAL\([^)]*\)$/.test(type)) return value;
  const raw = `regexp_extract(line, ${literal(`"${name}"\\s*:\\s*(-?[0-9][0-9.eE+-]*)`)}, 1)`;
  // Mostly it stands there just so, which is found out in a fraction of the time.
  const there = [":", ": "].flatMap((colon) =>
    [",", "}"].map((end) => `contains(line, ${literal(`"${name}"${colon}`)} || ${value} || '${end}')`),
  );
  return (
    `CASE WHEN ${value} IS NULL OR starts_with(${value}, '"') OR ${there.join(" OR ")} THEN ${value} ` +
    `WHEN TRY_CAST(${raw} AS DOUBLE) = TRY_CAST(${value} AS DOUBLE) THEN ${raw} ELSE ${value} END`
  );
}

async function fromCsv(path: string, columns: Column[]): Promise<Incoming> {
  const header = await headerOf(path);
  requireColumns(
    columns,
    header.map((name) => ({ name, fits: true })),
  );
  const types = header.map((_, i) => `'h${i}': 'VARCHAR'`).join(", ");
  // NULL is nothing between two commas; two quotes are a text without characters.
  const options = `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, columns = {${types}}`;
  const values = columns.map(({ name }, i) => `h${header.indexOf(name)} AS x${i}`);
  return {
    from: `SELECT ${values.join(", ")} FROM read_csv(${literal(path)}, ${options})`,
    checks: columns.map(({ type }) => checkText(type)),
    rowProblem: null,
    blank: null,
    sent: sentRow(columns, (i) => `x${i}`),
  };
}

async function fromParquet(session: Session, path: string, columns: Column[]): Promise<Incoming> {
  const found = await reading(session, () => session.columns(`SELECT * FROM read_parquet(${literal(path)})`));
  const checks = columns.map(({ name, type }) => {
    const column = found.find((one) => one.name === name);
    return column ? checkParquet(column.duck, type) : null;
  });
  requireColumns(
    columns,
    found.map(({ name, duck }) => {
      const at = columns.findIndex((column) => column.name === name);
      return { name, fits: at < 0 || checks[at] !== null, is: larderType(duck) };
    }),
  );
  const values = columns.map(({ name }, i) => `${quote(name)} AS x${i}`);
  const isFloat = (i: number): boolean =>
    /^(FLOAT|DOUBLE)$/.test(found.find((one) => one.name === columns[i]?.name)?.duck ?? "");
  return {
    from: `SELECT ${values.join(", ")} FROM read_parquet(${literal(path)})`,
    checks: checks.flatMap((check) => check ?? []),
    rowProblem: null,
    blank: null,
    sent: sentRow(columns, (i) =>
      isFloat(i) ? `CASE WHEN isfinite(x${i}) THEN to_json(x${i}) ELSE to_json(CAST(x${i} AS VARCHAR)) END` : `x${i}`,
    ),
  };
}

function sentRow(columns: Column[], value: (i: number) => string): string {
  return `CAST(to_json({${columns.map(({ name }, i) => `${literal(name)}: ${value(i)}`).join(", ")}}) AS VARCHAR)`;
}

/** Throws `schema_mismatch` with what is missing, unknown or of another type, unless the columns are exactly those. */
function requireColumns(wanted: Column[], found: { name: string; fits: boolean; is?: string }[]): void {
  const issues: ErrorIssue[] = [];
  const tell = (detail: string): void => void issues.push({ code: "schema_mismatch", detail });
  const alike = (name: string): string => {
    const other = found.find((one) => one.name !== name && one.name.toLowerCase() === name.toLowerCase());
    return other ? `; ${other.name} is written differently` : "";
  };
  for (const { name, type } of wanted) {
    const have = found.filter((one) => one.name === name);
    if (have.length === 0) tell(`column ${name} (${type}) is missing${alike(name)}`);
    else if (have.length > 1) tell(`column ${name} comes ${have.length} times`);
    else if (have[0] && !have[0].fits) tell(`column ${name} is ${have[0].is}, ${type} is declared`);
  }
  for (const { name } of found)
    if (!wanted.some((column) => column.name === name)) tell(`column ${name.slice(0, 200)} is unknown`);
  if (issues.length === 0) return;
  const detail = `The columns differ from the definition: ${issues.map((issue) => issue.detail).join(", ")}`;
  throw new LarderError("schema_mismatch", detail.slice(0, 4000), issues.slice(0, 100));
}

/** The column names of a CSV. */
async function headerOf(path: string): Promise<string[]> {
  const file = await open(path, "r");
  const bytes = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await file.read(bytes, 0, HEADER_BYTES, 0).finally(() => file.close());
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (let i = 0; i < bytesRead; i++) {
    const char = bytes[i];
    if (quoted) {
      if (char !== QUOTE) continue;
      if (bytes[i + 1] === QUOTE) i++;
      else quoted = false;
    } else if (char === QUOTE) quoted = true;
    else if (char === LF || char === CR) return split(bytes.subarray(0, i));
  }
  if (bytesRead === HEADER_BYTES || quoted) throw unreadable("it has no header line that ends");
  return split(bytes.subarray(0, bytesRead));

  function split(line: Buffer): string[] {
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(line);
    } catch (error) {
      throw unreadable("it is not UTF-8 throughout", error);
    }
    let inside = false;
    for (let i = 0; i < text.length; i++) {
      const char = text[i];
      if (char === '"' && inside && text[i + 1] === '"') name += text[i++];
      else if (char === '"') inside = !inside;
      else if (char === "," && !inside) {
        names.push(name);
        name = "";
      } else name += char;
    }
    return [...names, name];
  }
}

const [QUOTE, LF, CR] = [0x22, 0x0a, 0x0d];
