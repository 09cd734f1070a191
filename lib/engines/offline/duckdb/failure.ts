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
const TEMPORARY = /max_temp_directory_size|failed to offload/i;
const MEMORY = /out of memory|could not allocate|bad allocation|memory limit|maximum supported string size/i;
const OUTSIDE =
  /^(?:Permission|Missing Extension) Error|disabled (?:by|through) configuration|Cannot access (?:file|directory)/i;
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
  if (TEMPORARY.test(text))
    return new LarderError("temp_space_exhausted", "The work needs more temporary space on disk than it may use", [], {
      cause: error,
    });
  if (MEMORY.test(text))
    return new LarderError("resource_exhausted", "The work needs more memory than it may use", [], { cause: error });
  return null;
}

type Place = { line?: number; column?: number };

/** Where DuckDB points to, counted from 1; the column only where the line is shown from its start. */
function placeIn(text: string): Place {
  const pointed = /LINE (\d+): (?!\.\.\.)[^\n]*\n( *)\^/.exec(text);
  if (pointed) {
    const column = (pointed[2] ?? "").length - `LINE ${pointed[1]}: `.length + 1;
    return { line: Number(pointed[1]), ...(column > 0 ? { column } : {}) };
  }
  const found = /(?:LINE|Line:?) (\d+)/.exec(text);
  return found ? { line: Number(found[1]) } : {};
}

/** Lines counted in the user's text: what is quoted of the lines that the engine put before it goes. */
function inOwnLines(text: string, linesBefore: number): string {
  if (linesBefore === 0) return text;
  return text.replace(/\n*LINE (\d+): ([^\n]*)(\n *\^)?/, (whole, line: string, shown: string, caret?: string) => {
    const own = Number(line) - linesBefore;
    if (own < 1) return "";
    const lost = line.length - String(own).length;
    return `${/^\n*/.exec(whole)?.[0]}LINE ${own}: ${shown}${caret ? `\n${caret.slice(1 + lost)}` : ""}`;
  });
}

/** What a failure inside a user's SQL means to that user; `linesBefore`: lines the engine wrote above it. */
export function userSqlError(error: unknown, redact: Redact, linesBefore = 0): LarderError {
  if (isLarderError(error)) return error;
  const limit = resourceError(error);
  if (limit) return limit;
  // DuckDB names the file it was asked for, and what it names has no place in an answer.
  if (OUTSIDE.test(message(error)))
    return new LarderError(
      "sandbox_violation",
      "The SQL reaches for a file or an address; it reads sources and feature groups by their names, nothing else",
      [],
      { cause: new Error("refused by the sandbox") },
    );
  // DuckDB guesses among its own catalog tables, which only confuses.
  const text = inOwnLines(redact(message(error)), linesBefore)
    .replace(/\n?Did you mean "(?:pg_|information_schema|duckdb_)[^"]*"\?\n?/, "\n")
    .replace(/^Failed to extract statements: /, "")
    .trim();
  const code = UNREADABLE.test(text) ? "unreadable_file" : "sql_invalid";
  const issue: ErrorIssue = { code, detail: text, ...placeIn(text) };
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
