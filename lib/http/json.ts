import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";

const MAX_DEPTH = 64;
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

/** Looks at the nesting and the numbers in one pass, before anything is built. Answers where an unsafe number starts. */
function scan(text: string): number | null {
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}]|-?\d[\d.eE+-]*/gs;
  let depth = 0;
  let unsafe: number | null = null;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const found = match[0];
    if (found === "[" || found === "{") {
      if (++depth > MAX_DEPTH) throw new LarderError("too_deep", `The body is nested deeper than ${MAX_DEPTH} levels`);
    } else if (found === "]" || found === "}") depth--;
    else if (found[0] !== '"' && unsafe === null && isUnsafe(found)) unsafe = match.index;
  }
  return unsafe;
}

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
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
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
    if (take("{")) return list("}", () => skip(STRING) && take(":") && value());
    if (take("[")) return list("]", value);
    const word = WORDS.find((candidate) => text.startsWith(candidate, at));
    if (!word) return skip(STRING) || skip(NUMBER);
    at += word.length;
    return true;
  };
  skip(SPACE);
  value();
  skip(SPACE);
  return at;
}
