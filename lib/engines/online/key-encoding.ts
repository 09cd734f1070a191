import { createHash } from "node:crypto";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { OnlineKey } from "./port";

/** A key as bytes. `full` is set when the bytes hold only a hash: the whole key, to be kept with the row. */
export type EncodedKey = { bytes: Buffer; full: string | null };

/** LMDB takes 1,978 bytes on pages of 4 KiB; long keys make every level of the tree wider, so the hash starts earlier. */
const LITERAL_LIMIT = 256;
const TABLE_LIMIT = 255;

const LITERAL = 0;
const HASHED = 1;
const AFTER_ALL_KEYS = 2;

const FALSE = 1;
const TRUE = 2;
const NUMBER = 3;
const STRING = 4;

const LONE_SURROGATE = /\p{Cs}/u;

/** The prefix of all keys of a table. Its own length comes first, so no table's prefix starts another's. Throws `invalid_name`. */
export function encodeTable(table: string): Buffer {
  const known = prefixes.get(table);
  if (known) return known;
  const prefix = newPrefix(table);
  if (prefixes.size >= MAX_PREFIXES) prefixes.clear();
  prefixes.set(table, prefix);
  return prefix;
}

/** Those of the tables that are in use; never written to. */
const prefixes = new Map<string, Buffer>();
const MAX_PREFIXES = 1000;

function newPrefix(table: string): Buffer {
  const length = Buffer.byteLength(table);
  if (length < 1 || length > TABLE_LIMIT || LONE_SURROGATE.test(table)) {
    throw new LarderError("invalid_name", `a table's name has 1 to ${TABLE_LIMIT} bytes; got ${length}`);
  }
  const prefix = Buffer.allocUnsafe(1 + length);
  prefix[0] = length;
  prefix.write(table, 1);
  return prefix;
}

/** The first key that could follow all keys of a table. */
export function endOfTable(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.of(AFTER_ALL_KEYS)]);
}

/**
 * A key below its table's prefix. Every part carries its type and length, so different tuples never give the same bytes.
 * Throws `invalid_key` for a part that is null, a list, an object, not finite, or not valid Unicode.
 */
export function encodeKey(prefix: Buffer, key: OnlineKey): EncodedKey {
  let length = prefix.length + 1;
  for (const part of key) length += partLength(part);
  const bytes = Buffer.allocUnsafe(length);
  // A loop: for so few bytes a call into the engine takes longer.
  for (let i = 0; i < prefix.length; i++) bytes[i] = prefix[i] as number;
  bytes[prefix.length] = LITERAL;
  let position = prefix.length + 1;
  for (const part of key) position = writePart(bytes, position, part);
  if (length - prefix.length <= LITERAL_LIMIT) return { bytes, full: null };
  const body = bytes.subarray(prefix.length + 1);
  const digest = createHash("sha256").update(body).digest();
  return { bytes: Buffer.concat([prefix, Buffer.of(HASHED), digest]), full: body.toString("base64") };
}

/** Reads a key that `encodeKey` wrote below a prefix of `prefixLength` bytes; null when it holds only a hash. */
export function decodeKey(bytes: Buffer, prefixLength: number): OnlineKey | null {
  return bytes[prefixLength] === HASHED ? null : decodeParts(bytes.subarray(prefixLength + 1));
}

/** Reads `full` of an encoded key. */
export function decodeFull(full: string): OnlineKey {
  return decodeParts(Buffer.from(full, "base64"));
}

function decodeParts(body: Buffer): OnlineKey {
  const parts: Value[] = [];
  for (let at = 0; at < body.length; ) {
    const type = body[at];
    if (type === STRING) {
      const end = at + 5 + body.readUInt32BE(at + 1);
      parts.push(body.toString("utf8", at + 5, end));
      at = end;
    } else if (type === NUMBER) {
      parts.push(body.readDoubleBE(at + 1));
      at += 9;
    } else {
      parts.push(type === TRUE);
      at += 1;
    }
  }
  return parts;
}

function partLength(part: Value): number {
  if (typeof part === "string") return 5 + Buffer.byteLength(part);
  if (typeof part === "number") return 9;
  return 1;
}

function writePart(bytes: Buffer, position: number, part: Value): number {
  if (typeof part === "string") {
    const written = bytes.write(part, position + 5);
    // UTF-8 turns every lone surrogate into U+FFFD: two keys would become one. ASCII cannot hold any.
    if (written !== part.length && LONE_SURROGATE.test(part)) throw invalidKey("holds half a surrogate pair");
    bytes[position] = STRING;
    bytes.writeUInt32BE(written, position + 1);
    return position + 5 + written;
  }
  if (typeof part === "number") {
    if (!Number.isFinite(part)) throw invalidKey(`is ${part}`);
    bytes[position] = NUMBER;
    // -0 and 0 are equal, so they are one key.
    bytes.writeDoubleBE(part + 0, position + 1);
    return position + 9;
  }
  if (typeof part !== "boolean") throw invalidKey(part === null ? "is null" : "is not a scalar");
  bytes[position] = part ? TRUE : FALSE;
  return position + 1;
}

function invalidKey(what: string): LarderError {
  return new LarderError("invalid_key", `a key holds booleans, finite numbers and strings; one part ${what}`);
}
