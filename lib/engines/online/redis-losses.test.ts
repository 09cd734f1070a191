import { expect, it, test } from "vitest";
import { judge, type LossRecord, type NodeReport, readInfo } from "./redis-losses";

const node = (runId: string, evicted: number, policy = "noeviction", nodeId = "alone"): NodeReport => {
  return { nodeId, recordKey: `key of ${nodeId}`, runId, evicted, policy, maxMemory: 1_000, usedMemory: 0 };
};
const record = (
  runs: Record<string, number>,
  lost: { evicted?: number; emptied?: number; nodes?: string[] } = {},
): LossRecord => ({
  runs: new Map(Object.entries(runs)),
  nodes: new Map((lost.nodes ?? ["alone"]).map((id) => [id, `key of ${id}`])),
  evicted: lost.evicted ?? 0,
  emptied: lost.emptied ?? 0,
});
const FIRST = record({}, { nodes: [] });

const EVICTIONS: [string, NodeReport[], LossRecord, LossRecord][] = [
  ["nothing ever thrown away", [node("a", 0)], FIRST, record({ a: 0 })],
  ["thrown away before we came", [node("a", 7)], FIRST, record({ a: 7 })],
  [
    "thrown away before we came, by a policy that takes ours",
    [node("a", 7, "allkeys-lru")],
    FIRST,
    record({ a: 7 }, { evicted: 7 }),
  ],
  ["nothing since", [node("a", 7, "allkeys-lru")], record({ a: 7 }), record({ a: 7 })],
  ["some since", [node("a", 9, "allkeys-lfu")], record({ a: 7 }), record({ a: 9 }, { evicted: 2 })],
  ["some since, policy mended meanwhile", [node("a", 9)], record({ a: 7 }), record({ a: 9 }, { evicted: 2 })],
  ["some since, of keys that expire", [node("a", 9, "volatile-lru")], record({ a: 7 }), record({ a: 9 })],
  ["lost once stays lost", [node("a", 9)], record({ a: 9 }, { evicted: 2 }), record({ a: 9 }, { evicted: 2 })],
  ["another run that kept the record", [node("b", 3)], record({ a: 9 }), record({ b: 3 }, { evicted: 3 })],
  ["a statistic that somebody set back", [node("a", 1)], record({ a: 9 }), record({ a: 1 })],
];

test.each(EVICTIONS)("%s", (_name, reports, before, after) => {
  expect(judge(reports, before, new Set(before.nodes.values()))).toEqual(after);
});

const THREE = ["1", "2", "3"];
const three = THREE.map((id) => node(id, 0, "noeviction", id));
const RUNS = { 1: 0, 2: 0, 3: 0 };

test.each<[string, NodeReport[], LossRecord, string[], Partial<LossRecord>]>([
  ["a new cluster", three, FIRST, [], { emptied: 0 }],
  ["all there", three, record(RUNS, { nodes: THREE }), THREE, { emptied: 0 }],
  ["one came back empty", three, record(RUNS, { nodes: THREE }), ["1", "3"], { emptied: 1 }],
  ["two came back empty, after one before", three, record(RUNS, { nodes: THREE, emptied: 1 }), ["1"], { emptied: 3 }],
  ["one is new", three, record({ 1: 0, 2: 0 }, { nodes: ["1", "2"] }), ["1", "2"], { emptied: 0 }],
  ["one went, and its slots are elsewhere", three.slice(1), record(RUNS, { nodes: THREE }), THREE, { emptied: 0 }],
  ["one went, and its slots are empty", three.slice(1), record(RUNS, { nodes: THREE }), ["2", "3"], { emptied: 1 }],
])("nodes: %s", (_name, reports, before, present, expected) => {
  const after = judge(reports, before, new Set(present.map((id) => `key of ${id}`)));
  expect(after).toMatchObject(expected);
  expect([...after.nodes.keys()]).toEqual(reports.map(({ nodeId }) => nodeId));
});

it("reads what INFO says", () => {
  const lines = [
    "# Server",
    "run_id:abc",
    "used_memory:50",
    "used_memory_human:50B",
    "maxmemory:100",
    "maxmemory_human:100B",
  ];
  const info = [...lines, "maxmemory_policy:allkeys-lru", "# Stats", "evicted_keys:3", ""].join("\r\n");
  expect(readInfo(info)).toEqual({ runId: "abc", evicted: 3, policy: "allkeys-lru", maxMemory: 100, usedMemory: 50 });
});
