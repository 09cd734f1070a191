import type { IncomingMessage } from "node:http";
import { LarderError } from "@/lib/kernel/errors";
import { parseJson } from "../json";

const MAX_BYTES = 10 * 1024 * 1024;
const PLAIN_DEPTH = 4;
const PLAIN_LENGTH = 1024 * 1024;
/** From so many digits on an integer may be beyond 2^53. */
const LONG_NUMBER = 16;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LONG = /\d{16}/;

/**
 * The JSON body of a request; undefined when there is none. `exactIntegers`: those beyond 2^53 become texts, instead of
 * being refused. Throws `payload_too_large`, `unsupported_media_type`, `malformed_json`, and what `parseJson` throws.
 */
export async function readJson(request: IncomingMessage, exactIntegers: boolean): Promise<unknown> {
  const type = request.headers["content-type"];
  if (
    type !== undefined &&
    type !== "application/json" &&
    !/^application\/json\s*(;\s*charset="?utf-8"?)?$/i.test(type)
  )
    throw new LarderError("unsupported_media_type", "Send the body as application/json in UTF-8");
  if (Number(request.headers["content-length"] ?? 0) > MAX_BYTES) throw tooLarge();
  const text = await textOf(request);
  if (text === "") {
    if (type === undefined) return undefined;
    throw new LarderError("malformed_json", "The body is empty; it must be JSON");
  }
  if (type === undefined) throw new LarderError("unsupported_media_type", "Send the body as application/json in UTF-8");
  if (text.length <= PLAIN_LENGTH && isPlain(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // `parseJson` says where it goes wrong.
    }
  }
  return parseJson(exactIntegers ? withTexts(text) : text);
}

/**
 * Whether a text holds nothing that needs a closer look: no escapes, no nesting deeper than a request ever has, no number
 * that may lose digits, no name that reaches into prototypes. One pass, several times as fast as patterns.
 */
function isPlain(text: string): boolean {
  let depth = 0;
  let run = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      if (++run === LONG_NUMBER) return false;
      continue;
    }
    // Of e and E, 0x20 makes one; that of true and false comes after a letter.
    if (run > 0 && (code | 0x20) === LETTER_E) return false;
    run = 0;
    if (code === QUOTE) {
      do i++;
      while (i < text.length && text.charCodeAt(i) !== QUOTE && text.charCodeAt(i) !== BACKSLASH);
      if (text.charCodeAt(i) === BACKSLASH) return false;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > PLAIN_DEPTH) return false;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return !(text.includes("__proto__") || text.includes("constructor") || text.includes("prototype"));
}

/** Where the quote is that ends the string beginning at `start`; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // An even number of backslashes are backslashes; an odd one escapes the quote.
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LETTER_E = 0x65;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new LarderError("cancelled", "The sender hung up"));
    // Nothing would ever come of one that is gone already.
    if (request.destroyed) return gone();
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BYTES) chunks.push(chunk);
      else {
        request.removeAllListeners("data");
        request.resume();
        reject(tooLarge());
      }
    });
    request.once("end", () => {
      // Every request closes in the end; an error for each would cost more than the rest of this.
      request.removeListener("close", gone);
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const text = bytes.toString("utf8");
      if (text.includes("\ufffd") && !isUtf8(bytes))
        reject(new LarderError("malformed_json", "The body is not valid UTF-8"));
      else resolve(text);
    });
    request.once("error", reject);
    request.once("close", gone);
  });
}

/** Integers of 16 and more digits as texts, unless a number holds them exactly. Looks at every character once. */
function withTexts(text: string): string {
  if (!LONG.test(text)) return text;
  let kept = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = i;
      const [found = "-"] = NUMBER.exec(text) ?? [];
      if (/^-?\d{16,}$/.test(found) && !Number.isSafeInteger(Number(found))) {
        kept += `${text.slice(from, i)}"${found}"`;
        from = i + found.length;
      }
      i += found.length - 1;
    }
  }
  return kept + text.slice(from);
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function tooLarge(): LarderError {
  return new LarderError("payload_too_large", `This body may have at most ${MAX_BYTES / 1024} KiB`);
}
