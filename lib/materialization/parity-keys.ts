import { createHash } from "node:crypto";
import type { Table } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";

/** A key as text; equal keys, equal texts. */
export function keyText(key: readonly Value[]): string {
  return JSON.stringify(key);
}

/** Keys of history by chance: those whose hash with the seed is least. */
export async function sampleOffline(
  { offline }: Pick<Context, "offline">,
  table: Table,
  given: { sample: number; seed: string; signal: AbortSignal },
): Promise<Value[][]> {
  const names = table.shape.keys.map(({ name }) => `"${name.replaceAll('"', '""')}"`);
  if (names.length === 0) return [[]];
  const seed = `'${given.seed.replaceAll("'", "''")}'`;
  const hash = `md5(concat_ws('|', ${seed}, ${names.map((name) => `CAST(${name} AS VARCHAR)`).join(", ")}))`;
  const sql = `SELECT ${names.join(", ")} FROM (SELECT DISTINCT ${names.join(", ")} FROM history) ORDER BY ${hash}, ${names.join(", ")} LIMIT ${given.sample}`;
  const { rows } = await offline.query(
    { query: { sql, inputs: [{ name: "history", kind: "table", table }] }, limit: given.sample },
    { signal: given.signal },
  );
  return rows;
}

/** Keys of an online table by chance: those whose hash with the seed is least. Looks at every row. */
export async function sampleOnline(
  { online }: Pick<Context, "online">,
  table: string,
  given: { sample: number; seed: string; signal: AbortSignal },
): Promise<Value[][]> {
  let kept: { hash: number; key: Value[] }[] = [];
  const cut = (): void => {
    kept = kept.sort((a, b) => a.hash - b.hash).slice(0, given.sample);
  };
  for await (const chunk of online.scan(table)) {
    given.signal.throwIfAborted();
    for (const { key } of chunk) kept.push({ hash: hashOf(given.seed, key), key: [...key] });
    if (kept.length > 4 * given.sample + chunk.length) cut();
  }
  cut();
  return kept.map(({ key }) => key);
}

/** 48 bits of a hash of a key. */
export function hashOf(seed: string, key: readonly Value[]): number {
  return createHash("md5")
    .update(seed + keyText(key))
    .digest()
    .readUIntBE(0, 6);
}

/** A set of hashes in eight bytes each, so that ten million keys fit into little memory. */
export class HashSet {
  private hashes = new Float64Array(1024);
  private size = 0;
  private isSorted = true;

  add(hash: number): void {
    if (this.size === this.hashes.length) {
      const wider = new Float64Array(2 * this.size);
      wider.set(this.hashes);
      this.hashes = wider;
    }
    this.hashes[this.size++] = hash;
    this.isSorted = false;
  }

  has(hash: number): boolean {
    if (!this.isSorted) this.hashes = this.hashes.slice(0, this.size).sort();
    this.isSorted = true;
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.hashes[middle] ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return low < this.size && this.hashes[low] === hash;
  }
}
