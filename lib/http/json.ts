import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";

const MAX_DEPTH = 64;
/** Fields of one object. Data with more columns than that comes as a file. */
const MAX_FIELDS = 10_000;
const MAX_ISSUES = 100;
/** Names that reach into prototypes where code is careless; nobody needs them as data. */
const RESERVED = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses the text of a body. Of two equal keys the last wins. Throws `too_deep`, `malformed_json` with the position,
 * `unknown_field` for reserved keys, and `validation_failed` for numbers that would lose digits.
 */
export function parseJson(text: string): unknown {
  const unsafe = scan(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text, errorPosition(text));
  }
  const reserved: ErrorIssue[] = [];
  findReserved(value, "", reserved);
  if (reserved.length > 0) throw new LarderError("unknown_field", "The body has fields with reserved names", reserved);
  if (unsafe !== null) {
    throw new LarderError("validation_failed", "A number in the body cannot be kept exactly", [
      { code: "unsafe_number", detail: `the number at character ${unsafe + 1} would lose digits; send it as a string` },
    ]);
  }
  return value;
}

/** A JSON pointer to `path` (RFC 6901). */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Looks at nesting, fields and numbers in one pass, before anything is built. Answers where an unsafe number starts. */
function scan(text: string): number | null {
  const token = /["[\]{}:]|-?\d[\d.eE+-]*/g;
  let depth = 0;
  const fields: number[] = [];
  let unsafe: number | null = null;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const found = match[0];
    if (found === "[" || found === "{") {
      if (++depth > MAX_DEPTH) throw new LarderError("too_deep", `The body is nested deeper than ${MAX_DEPTH} levels`);
      fields[depth] = 0;
    } else if (found === ":") {
      const count = (fields[depth] ?? 0) + 1;
      fields[depth] = count;
      if (count > MAX_FIELDS)
        throw new LarderError("payload_too_large", `An object in the body has more than ${MAX_FIELDS} fields`);
    } else if (found === "]" || found === "}") depth--;
    else if (found === '"') token.lastIndex = endOfString(text, match.index) ?? text.length;
    else if (unsafe === null && isUnsafe(found)) unsafe = match.index;
  }
  return unsafe;
}

/** Where the string that starts at `at` ends; null when it does not. A loop, since a pattern runs out of stack on megabytes. */
function endOfString(text: string, at: number): number | null {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code < SPACE_CODE) return null;
    if (code !== BACKSLASH) continue;
    ESCAPE.lastIndex = i;
    const escaped = ESCAPE.exec(text);
    if (!escaped) return null;
    i += escaped[0].length - 1;
  }
  return null;
}

const [QUOTE, BACKSLASH, SPACE_CODE] = [0x22, 0x5c, 0x20];
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function isUnsafe(number: string): boolean {
  const value = Number(number);
  return value === Infinity || value === -Infinity || (/^-?\d{16,}$/.test(number) && !Number.isSafeInteger(value));
}

function findReserved(value: unknown, pointer: string, issues: ErrorIssue[]): void {
  if (typeof value !== "object" || value === null || issues.length >= MAX_ISSUES) return;
  for (const key of Object.keys(value)) {
    if (RESERVED.has(key) && !Array.isArray(value)) {
      issues.push({ code: "unknown_field", pointer: `${pointer}${pointerOf([key])}`, detail: "is a reserved name" });
    } else {
      const child: unknown = value[key as keyof typeof value];
      if (typeof child === "object" && child !== null) findReserved(child, `${pointer}${pointerOf([key])}`, issues);
    }
  }
}

function malformed(text: string, position: number): LarderError {
  const before = text.slice(0, position).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const where = position >= text.length ? "it ends too early" : "unexpected character";
  return new LarderError("malformed_json", `The body is not valid JSON: ${where} at line ${line}, column ${column}`, [
    { code: "malformed_json", line, detail: `character ${position + 1}` },
  ]);
}

const WORDS = ["true", "false", "null"];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;

/** Where a text that JSON.parse refused goes wrong; V8 does not always say, and when it does it quotes the text. */
function errorPosition(text: string): number {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found !== null && found[0].length > 0;
  };
  const string = (): boolean => {
    const end = text[at] === '"' ? endOfString(text, at) : null;
    at = end ?? at;
    return end !== null;
  };
  const take = (character: string): boolean => {
    skip(SPACE);
    if (text[at] !== character) return false;
    at++;
    skip(SPACE);
    return true;
  };
  const list = (close: string, item: () => boolean): boolean => {
    if (take(close)) return true;
    do if (!item()) return false;
    while (take(","));
    return take(close);
  };
  const value = (): boolean => {
    if (take("{")) return list("}", () => string() && take(":") && value());
    if (take("[")) return list("]", value);
    const word = WORDS.find((candidate) => text.startsWith(candidate, at));
    if (!word) return string() || skip(NUMBER);
    at += word.length;
    return true;
  };
  skip(SPACE);
  value();
  skip(SPACE);
  return at;
}
