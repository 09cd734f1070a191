import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_LENGTH = 32;
const CHECK_LENGTH = 6;

/** `fsp_` personal token, `fss_` token of a service account, `lse_` session, `lin_` invitation link. */
export type SecretPrefix = "fsp" | "fss" | "lse" | "lin";

/** A new secret: prefix, 32 random base62 characters (190 bits), and 6 of CRC-32 over them, so that a typo is told at once. */
export function newSecret(prefix: SecretPrefix): string {
  let random = "";
  while (random.length < RANDOM_LENGTH) {
    for (const byte of randomBytes(RANDOM_LENGTH)) {
      // 248 = 4 * 62: above it, the first characters would come up more often than the others.
      if (byte < 248 && random.length < RANDOM_LENGTH) random += BASE62[byte % 62];
    }
  }
  return `${prefix}_${random}${checksum(random)}`;
}

/** Whether text has the form and the checksum of a secret with that prefix. */
export function isSecret(text: string, prefixes: readonly SecretPrefix[]): boolean {
  const match = /^([a-z]{3})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/.exec(text);
  if (!match) return false;
  const [, prefix, random = "", check] = match;
  return prefixes.some((known) => known === prefix) && checksum(random) === check;
}

/** What is kept of a secret: SHA-256 as hex. A fast hash is right, since 190 bits cannot be guessed. */
export function hashSecret(text: string): string {
  return hash("sha256", text);
}

/** What may be shown of a secret afterwards: its first and last characters. */
export function hintOf(text: string): string {
  return `${text.slice(0, 8)}…${text.slice(-4)}`;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let encoded = "";
  for (let i = 0; i < CHECK_LENGTH; i++) {
    encoded = BASE62[rest % 62] + encoded;
    rest = Math.floor(rest / 62);
  }
  return encoded;
}
