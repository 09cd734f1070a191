import { createHash } from "node:crypto";
import { type ChainableCommander, Cluster, type Redis } from "ioredis";
import { orderLength } from "@/lib/compute/online-row";
import type { RedisClient } from "./redis-connection";
import { isElsewhere } from "./redis-errors";
import { slotOf } from "./redis-slot";

/** A row under its key, as Redis gets them. */
export type RedisRow = { key: string; row: string };

/**
 * Puts each row whose order is greater than that of the row present. Orders are compared byte by byte, because Lua's `<` on
 * texts follows the locale that the server was started with. KEYS, and for each the length of its order and the row.
 */
const PUT_SCRIPT = `
local written = 0
for i = 1, #KEYS do
  local length, row = tonumber(ARGV[2 * i - 1]), ARGV[2 * i]
  local present = redis.call("GETRANGE", KEYS[i], 0, length - 1)
  local greater = present == ""
  if not greater then
    for at = 1, length do
      local new, old = string.byte(row, at), string.byte(present, at)
      if new ~= old then
        greater = old == nil or new > old
        break
      end
    end
  end
  if greater then
    redis.call("SET", KEYS[i], row)
    written = written + 1
  end
end
return written
`;
const PUT_SHA = createHash("sha1").update(PUT_SCRIPT).digest("hex");

/** Keys of one command: longer ones would keep other callers of the server waiting. */
const KEYS_PER_COMMAND = 500;
const SCAN_COUNT = 1_000;

/** The nodes that hold keys. */
export function nodesOf(client: RedisClient): Redis[] {
  return client instanceof Cluster ? client.nodes("master") : [client];
}

/** What stands under each key, in order. */
export async function readKeys(client: RedisClient, keys: readonly string[]): Promise<(string | null)[]> {
  if (client instanceof Cluster)
    return pipelined(
      client,
      keys.map((key) => ({ key, queue: (pipeline) => pipeline.get(key), alone: () => client.get(key) })),
    );
  const answers = await Promise.all(chunks(keys).map((chunk) => client.mget(chunk)));
  return answers.length === 1 ? (answers[0] ?? []) : answers.flat();
}

/** Puts rows of different keys; answers how many were greater than what was there. */
export async function writeRows(client: RedisClient, rows: readonly RedisRow[]): Promise<number> {
  if (!(client instanceof Cluster)) return putByScript(client, rows);
  const bySlot = groupBy(rows, ({ key }) => slotOf(key));
  const counts = await pipelined(
    client,
    [...bySlot.values()].map((group) => ({
      key: group[0]?.key ?? "",
      queue: (pipeline) => pipeline.evalsha(PUT_SHA, group.length, ...scriptArguments(group)),
      alone: () => putByScript(client, group),
    })),
  );
  return counts.reduce<number>((sum, count) => sum + Number(count), 0);
}

/** Removes keys. */
export async function removeKeys(client: RedisClient, keys: readonly string[]): Promise<void> {
  if (client instanceof Cluster)
    await pipelined(
      client,
      keys.map((key) => ({ key, queue: (pipeline) => pipeline.unlink(key), alone: () => client.unlink(key) })),
    );
  else await Promise.all(chunks(keys).map((chunk) => client.unlink(chunk)));
}

/** One step of a walk over a node's keys; `cursor` is "0" at the start, and again at the end. */
export async function scanKeys(
  node: Redis,
  pattern: string,
  cursor: string,
): Promise<{ cursor: string; keys: string[] }> {
  const [next, keys] = await node.scan(cursor, "MATCH", pattern, "COUNT", SCAN_COUNT);
  return { cursor: next, keys };
}

async function putByScript(client: RedisClient, rows: readonly RedisRow[]): Promise<number> {
  const args = scriptArguments(rows);
  try {
    return Number(await client.evalsha(PUT_SHA, rows.length, ...args));
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return Number(await client.eval(PUT_SCRIPT, rows.length, ...args));
  }
}

function scriptArguments(rows: readonly RedisRow[]): string[] {
  return [...rows.map(({ key }) => key), ...rows.flatMap(({ row }) => [String(orderLength(row)), row])];
}

/** A command on keys of one slot: as part of a pipeline, and by itself, which follows the slot wherever it went. */
type Call<T> = { key: string; queue: (pipeline: ChainableCommander) => unknown; alone: () => Promise<T> };

/** One round trip per node, all at the same time; answers in order. */
async function pipelined<T>(cluster: Cluster, calls: readonly Call<T>[]): Promise<T[]> {
  const byNode = groupBy([...calls.keys()], (index) => cluster.slots[slotOf(calls[index]?.key ?? "")]?.join() ?? "");
  const answers: T[] = Array(calls.length);
  await Promise.all(
    [...byNode.values()].map(async (indexes) => {
      const pipeline = cluster.pipeline();
      for (const index of indexes) calls[index]?.queue(pipeline);
      // Null when the slots moved between the grouping and the sending.
      const results = await pipeline.exec().catch(() => null);
      await Promise.all(
        indexes.map(async (index, place) => {
          const [error, answer] = results?.[place] ?? [new Error("not sent"), null];
          if (error && !isElsewhere(error)) throw error;
          const call = calls[index];
          if (call) answers[index] = error ? await call.alone() : (answer as T);
        }),
      );
    }),
  );
  return answers;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function chunks(keys: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(keys.length / KEYS_PER_COMMAND) }, (_, index) =>
    keys.slice(index * KEYS_PER_COMMAND, (index + 1) * KEYS_PER_COMMAND),
  );
}
