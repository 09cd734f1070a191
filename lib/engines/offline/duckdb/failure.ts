import { type ErrorIssue, isLarderError, LarderError } from "@/lib/kernel/errors";

/** Replaces absolute paths by names that mean something outside this machine. */
export type Redact = (text: string) => string;

/** A redaction that knows the files of an operation: absolute path -> name to show. */
export function redaction(names: Map<string, string>, directories: string[]): Redact {
  const longestFirst = [...names].sort((a, b) => b[0].length - a[0].length);
  return (text) => {
    let clean = text;
    for (const [path, name] of longestFirst) clean = clean.replaceAll(path, name);
    for (const directory of directories) clean = clean.replaceAll(`${directory}/`, "").replaceAll(directory, ".");
    return clean;
  };
}

const STORAGE = /no space left|ENOSPC|disk quota/i;
const MEMORY =
  /out of memory|max_temp_directory_size|could not allocate|failed to offload|bad allocation|memory limit/i;
const UNREADABLE =
  /CSV Error|Malformed JSON|not a parquet|No magic bytes|too small to be a Parquet|No files found|Could not (?:open|read) file|sniff|Invalid (?:JSON|unicode)/i;

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error that storage or memory limits explain, else null. */
export function resourceError(error: unknown): LarderError | null {
  const text = message(error);
  if (STORAGE.test(text))
    return new LarderError("insufficient_storage", "The disk is full; nothing was written", [], { cause: error });
  if (MEMORY.test(text)) {
    return new LarderError(
      "resource_exhausted",
      "The work needs more memory or temporary space than the engine may use",
      [],
      { cause: error },
    );
  }
  return null;
}

function lineOf(text: string): number | undefined {
  const found = /(?:LINE|Line:?) (\d+)/.exec(text);
  return found ? Number(found[1]) : undefined;
}

/** What a failure inside a user's SQL means to that user. */
export function userSqlError(error: unknown, redact: Redact): LarderError {
  if (isLarderError(error)) return error;
  const limit = resourceError(error);
  if (limit) return limit;
  // DuckDB guesses among its own catalog tables, which only confuses.
  const text = redact(message(error))
    .replace(/\n?Did you mean "(?:pg_|information_schema|duckdb_)[^"]*"\?\n?/, "\n")
    .replace(/^Failed to extract statements: /, "")
    .trim();
  const line = lineOf(text);
  const code = UNREADABLE.test(text) ? "unreadable_file" : "sql_invalid";
  const issue: ErrorIssue = { code, detail: text, ...(line === undefined ? {} : { line }) };
  return new LarderError(code, text, [issue], { cause: error });
}

/** What a failure of the engine's own SQL means; it is nobody's fault but ours. */
export function engineError(error: unknown, redact: Redact): LarderError {
  if (isLarderError(error)) return error;
  return (
    resourceError(error) ??
    new LarderError("internal", `The offline engine failed: ${redact(message(error))}`, [], { cause: error })
  );
}
