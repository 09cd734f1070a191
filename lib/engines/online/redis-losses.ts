import { Cluster, type Redis } from "ioredis";
import type { StoreFigures } from "./port";
import { nodesOf } from "./redis-commands";
import type { RedisClient } from "./redis-connection";
import { slotOf } from "./redis-slot";

/** What one server says about itself. `recordKey`: where the record lies among its keys. */
export type NodeReport = {
  nodeId: string;
  recordKey: string;
  runId: string;
  evicted: number;
  policy: string;
  maxMemory: number;
  usedMemory: number;
};

/**
 * What is known of losses, kept in Redis: how many keys each run of a server had evicted when last looked at, where each node
 * keeps its copy of this record, how many keys were evicted that may have been rows, and how many nodes came back empty.
 */
export type LossRecord = { runs: Map<string, number>; nodes: Map<string, string>; evicted: number; emptied: number };

/** Whoever has rebuilt all tables deletes the keys that begin so. No row's key does. */
export const RECORD_KEY = "larder-record";
const RUN = "run:";
const NODE = "node:";
const ALONE = "alone";
/** Names to try until every node has one among its slots; with so many, a node without has next to no slots. */
const MAX_NAMES = 20_000;

type LossStatus = { state: "up" | "incomplete"; detail: string | null };

/** Asks all nodes what they lost, and keeps in Redis what was seen, for every process and over restarts. */
export async function checkLosses(client: RedisClient): Promise<LossStatus> {
  const { reports, after, stored } = await look(client);
  const fields = fieldsOf(after);
  await Promise.all(
    reports.map(async ({ recordKey }, index) => {
      const changed = Object.entries(fields).filter(([field, value]) => stored[index]?.[field] !== value);
      // A server that is full takes nothing new; then the next check finds the same again.
      if (changed.length > 0) await client.hset(recordKey, Object.fromEntries(changed)).catch(() => {});
    }),
  );
  return statusOf(reports, after);
}

/** Memory of all nodes, and the keys that were thrown away. */
export async function measure(client: RedisClient): Promise<StoreFigures> {
  const { reports, after } = await look(client);
  return { bytes: reports.reduce((sum, { usedMemory }) => sum + usedMemory, 0), evictedKeys: after.evicted };
}

/** Reads what `INFO` answers. */
export function readInfo(info: string): Omit<NodeReport, "nodeId" | "recordKey"> {
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  return {
    runId: field("run_id"),
    evicted: Number(field("evicted_keys")),
    policy: field("maxmemory_policy"),
    maxMemory: Number(field("maxmemory")),
    usedMemory: Number(field("used_memory")),
  };
}

/** What the reports add to the record. `present`: the names of all records that are there. */
export function judge(reports: readonly NodeReport[], before: LossRecord, present: ReadonlySet<string>): LossRecord {
  let { evicted } = before;
  for (const report of reports) {
    // A server that kept the record and started anew has counted from zero since; and one that throws our keys away may
    // have thrown away the record itself.
    const unknown = before.runs.size > 0 || evictsOurs(report) ? 0 : report.evicted;
    const known = before.runs.get(report.runId) ?? unknown;
    // Our keys never expire, so a policy that looks only at keys that do leaves them alone.
    if (!report.policy.startsWith("volatile-")) evicted += Math.max(0, report.evicted - known);
  }
  // Slots may have moved and taken a record with them; but one that is nowhere was lost, and with it what lay beside it.
  const emptied = [...before.nodes.values()].filter((key) => !present.has(key)).length;
  return {
    runs: new Map(reports.map(({ runId, evicted: count }) => [runId, count])),
    nodes: new Map(reports.map(({ nodeId, recordKey }) => [nodeId, recordKey])),
    evicted,
    emptied: before.emptied + emptied,
  };
}

async function look(client: RedisClient): Promise<{
  reports: NodeReport[];
  after: LossRecord;
  stored: Record<string, string>[];
}> {
  const reports = await reportsOf(client);
  const stored = await Promise.all(reports.map(({ recordKey }) => client.hgetall(recordKey)));
  const before = mergeRecords(stored);
  const present = new Set(
    reports.filter((_, index) => Object.keys(stored[index] ?? {}).length > 0).map((report) => report.recordKey),
  );
  const elsewhere = [...before.nodes.values()].filter((key) => !reports.some(({ recordKey }) => recordKey === key));
  await Promise.all(
    elsewhere.map(async (key) => {
      if ((await client.exists(key)) === 1) present.add(key);
    }),
  );
  return { reports, after: judge(reports, before, present), stored };
}

async function reportsOf(client: RedisClient): Promise<NodeReport[]> {
  if (!(client instanceof Cluster)) return [{ nodeId: ALONE, recordKey: RECORD_KEY, ...readInfo(await client.info()) }];
  const named = recordKeys(client);
  const answers = nodesOf(client).map(async (node): Promise<NodeReport[]> => {
    const recordKey = named.get(addressOf(node));
    // A master without slots has no rows to lose.
    if (recordKey === undefined) return [];
    const [nodeId, info] = await Promise.all([node.cluster("MYID"), node.info()]);
    return [{ nodeId: String(nodeId), recordKey, ...readInfo(info) }];
  });
  return (await Promise.all(answers)).flat();
}

/** For each node with slots the first name of a record that belongs to one of them. */
function recordKeys(cluster: Cluster): Map<string, string> {
  const masters = new Set(cluster.slots.flatMap(([master]) => master ?? []));
  const names = new Map<string, string>();
  for (let index = 0; index < MAX_NAMES && names.size < masters.size; index += 1) {
    const name = `${RECORD_KEY}:${index}`;
    const master = cluster.slots[slotOf(name)]?.[0];
    if (master !== undefined && !names.has(master)) names.set(master, name);
  }
  return names;
}

function addressOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}

function mergeRecords(stored: readonly Record<string, string>[]): LossRecord {
  const merged: LossRecord = { runs: new Map(), nodes: new Map(), evicted: 0, emptied: 0 };
  for (const [field, value] of stored.flatMap((fields) => Object.entries(fields))) {
    if (field.startsWith(RUN))
      merged.runs.set(field.slice(RUN.length), Math.max(Number(value), merged.runs.get(field.slice(RUN.length)) ?? 0));
    else if (field.startsWith(NODE)) merged.nodes.set(field.slice(NODE.length), value);
    else if (field === "evicted") merged.evicted = Math.max(merged.evicted, Number(value));
    else if (field === "emptied") merged.emptied = Math.max(merged.emptied, Number(value));
  }
  return merged;
}

function fieldsOf({ runs, nodes, evicted, emptied }: LossRecord): Record<string, string> {
  return {
    ...Object.fromEntries([...runs].map(([runId, count]) => [RUN + runId, String(count)])),
    ...Object.fromEntries([...nodes].map(([nodeId, key]) => [NODE + nodeId, key])),
    evicted: String(evicted),
    emptied: String(emptied),
  };
}

function statusOf(reports: readonly NodeReport[], { evicted, emptied }: LossRecord): LossStatus {
  const policies = [...new Set(reports.filter(evictsOurs).map(({ policy }) => policy))];
  const advice = policies.length === 0 ? "" : `maxmemory-policy is ${policies.join(" and ")}, set it to noeviction`;
  const losses = [
    ...(evicted > 0 ? [`has thrown away ${evicted} keys`] : []),
    ...(emptied > 0 ? [`has ${emptied} ${emptied === 1 ? "node" : "nodes"} that came back without keys`] : []),
  ];
  if (losses.length === 0)
    return { state: "up", detail: advice ? `Redis would throw rows away when its memory is full: ${advice}` : null };
  const repair = [...(advice ? [advice] : []), "rebuild the online tables", `delete the keys ${RECORD_KEY}*`].join(
    "; ",
  );
  return { state: "incomplete", detail: `Redis ${losses.join(" and ")}, rows may be missing: ${repair}` };
}

function evictsOurs({ policy, maxMemory }: NodeReport): boolean {
  return maxMemory > 0 && policy.startsWith("allkeys-");
}
