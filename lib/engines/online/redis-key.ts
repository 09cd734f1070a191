import { encodeTable } from "./key-encoding";

/** Every row's key begins so; nothing else in Redis does. */
const PREFIX = "larder:";
/** Redis hashes only what stands in braces, when a key has any: one table could then lie on one node. */
const BRACE = "\u0100";

/**
 * An encoded key as the text that Redis gets: one character per byte, so that it is valid UTF-8 throughout, and without
 * braces, so that a cluster spreads it by all of its bytes.
 */
export function redisKey(bytes: Buffer): string {
  return PREFIX + bytes.toString("latin1").replaceAll("{", BRACE);
}

/** The bytes of a key that `redisKey` wrote. */
export function bytesOf(key: string): Buffer {
  return Buffer.from(key.slice(PREFIX.length).replaceAll(BRACE, "{"), "latin1");
}

/** What `SCAN … MATCH` takes to find the keys of one table, and no others. */
export function tablePattern(table: string): string {
  return `${redisKey(encodeTable(table)).replace(/[\\*?[\]]/g, "\\$&")}*`;
}
