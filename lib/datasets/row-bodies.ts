import { createHash, type Hash } from "node:crypto";

const [LF, CR] = [0x0a, 0x0d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** The bytes as they are, each put into the hash on its way. */
export async function* hashing(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

/** A hash for a payload that is written with these options. */
export function payloadHash(options: object): Hash {
  return createHash("sha256").update(JSON.stringify(options)).update("\n");
}

/** JSON lines as the engine reads them: lines end in one way, without a mark of byte order, and are at least one. */
export async function* evenLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = false;
  let first = true;
  for await (const bytes of body) {
    if (bytes.length === 0) continue;
    const marked = first && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte);
    const chunk = marked ? bytes.subarray(3) : bytes;
    first = false;
    // A carriage return at the end of a chunk waits for what comes next.
    const given: Uint8Array = held ? Buffer.concat([Buffer.from([CR]), chunk]) : chunk;
    held = given.at(-1) === CR;
    const even = spaced(held ? given.subarray(0, -1) : given);
    if (even.length > 0) yield even;
  }
  yield Buffer.from([LF]);
}

function spaced(bytes: Uint8Array): Uint8Array {
  let at = bytes.indexOf(CR);
  if (at < 0) return bytes;
  const copy = Buffer.from(bytes);
  for (; at >= 0; at = copy.indexOf(CR, at + 1)) if (copy[at + 1] === LF) copy[at] = 0x20;
  return copy;
}

/** Rows, each a JSON text, as JSON lines. */
export async function* jsonLines(rows: string[]): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < rows.length; start += 1000) {
    const lines = rows.slice(start, start + 1000).map((row) => `${row.replaceAll(/[\r\n]+/g, " ")}\n`);
    yield Buffer.from(lines.join(""));
  }
}
