import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asOfOracle, latestOracle, type OracleRow } from "@/lib/engines/offline/oracle";
import { epochMs, type Instant, instantOf } from "@/lib/kernel/time";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf, execute } from "@/lib/testing/runs";
import { writeTestRows } from "@/lib/testing/written-rows";
import { checkStorage } from "./check-storage";
import { compactGroup } from "./compact-group";
import { createSnapshot } from "./create-snapshot";
import { getHistoricalFeatures } from "./get-historical-features";
import { loadTable, requireGroup } from "./load-table";
import { readRows } from "./read-rows";
import { requestGarbageCollection } from "./request-garbage-collection";
import { requestRetention } from "./request-retention";
import { restoreGroup } from "./restore-group";
import { HistoricalFeatures, ReadRows } from "./schema";
import { CreateSnapshot, RestoreGroup } from "./snapshot-schema";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-01-10T00:00:00Z");
const KEYS = [1, 2, 3];
const hour = (n: number): Instant => instantOf(new Date(START + n * HOUR_MS));
const micros = (instant: Instant): number => epochMs(instant) * 1000;

type Written = { key: number; hour: number; value: number };
type Command =
  | { kind: "append"; rows: Written[] }
  | { kind: "repeat" }
  | { kind: "overwrite"; rows: Written[] }
  | { kind: "overwriteRange"; from: number; hours: number; rows: Written[] }
  | { kind: "compact" }
  | { kind: "restore"; back: number }
  | { kind: "snapshot" }
  | { kind: "expire" };

const rows = fc.array(
  fc.record({ key: fc.constantFrom(...KEYS), hour: fc.integer({ min: 0, max: 5 }), value: fc.nat(99) }),
  { minLength: 1, maxLength: 6 },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: rows.map((written) => ({ kind: "append" as const, rows: written })) },
  { weight: 1, arbitrary: fc.constant({ kind: "repeat" as const }) },
  { weight: 1, arbitrary: rows.map((written) => ({ kind: "overwrite" as const, rows: written })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("overwriteRange" as const),
      from: fc.integer({ min: 0, max: 5 }),
      hours: fc.integer({ min: 1, max: 3 }),
      rows,
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "compact" as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restore" as const), back: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "snapshot" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "expire" as const }) },
);

/** What a group is in the simplest possible way: for each commit, the rows that were seen after it. */
class Model {
  /** By sequence; the commit 0 holds nothing. */
  readonly seen: OracleRow[][] = [[]];
  readonly expired = new Set<number>();
  readonly snapshots = new Map<string, number>();
  lastWrite: { key: string; rows: Written[] } | null = null;

  get head(): number {
    return this.seen.length - 1;
  }
  get now(): OracleRow[] {
    return this.seen[this.head] ?? [];
  }
  write(written: Written[], committedAt: Instant, keeps: (row: OracleRow) => boolean): void {
    // The last row of a batch with equal keys and event time counts; places are in the order of keys and event time.
    const last = new Map(written.map((row) => [`${row.key}/${row.hour}`, row]));
    const sorted = [...last.values()].sort((a, b) => a.key - b.key || a.hour - b.hour);
    const added = sorted.map(
      (row, rowNumber): OracleRow => ({
        keys: [row.key],
        eventTime: micros(hour(row.hour)),
        createdTime: micros(committedAt),
        commitSequence: this.head + 1,
        rowNumber,
        values: [row.value],
      }),
    );
    this.seen.push([...this.now.filter(keeps), ...added]);
  }
}

let base: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

async function run(ctx: TestContext, model: Model, step: Command): Promise<void> {
  ctx.clock.advance(60);
  const now = instantOf(ctx.clock.now());
  const send = (
    written: Written[],
    how: { mode: "append" | "overwrite"; start?: Instant; end?: Instant; key?: string },
  ) =>
    writeTestRows(
      ctx,
      "events",
      written.map((row) => ({ driver: row.key, event_timestamp: hour(row.hour), value: row.value })),
      how,
    );
  if (step.kind === "append") {
    const key = `write-${model.head}`;
    await send(step.rows, { mode: "append", key });
    model.write(step.rows, now, () => true);
    model.lastWrite = { key, rows: step.rows };
  } else if (step.kind === "repeat" && model.lastWrite) {
    await send(model.lastWrite.rows, { mode: "append", key: model.lastWrite.key });
  } else if (step.kind === "overwrite") {
    await send(step.rows, { mode: "overwrite" });
    model.write(step.rows, now, () => false);
  } else if (step.kind === "overwriteRange") {
    const [start, end] = [hour(step.from), hour(step.from + step.hours)];
    const inside = step.rows.filter((row) => row.hour >= step.from && row.hour < step.from + step.hours);
    if (inside.length === 0) return;
    await send(inside, { mode: "overwrite", start, end });
    model.write(inside, now, (row) => row.eventTime < micros(start) || row.eventTime >= micros(end));
  } else if (step.kind === "compact") {
    const before = (await requireGroup(ctx, { name: "events" })).headSequence;
    await compactGroup(ctx, { name: "events", runId: null });
    const after = (await requireGroup(ctx, { name: "events" })).headSequence;
    if (after > before) model.seen.push(model.now);
  } else if (step.kind === "restore") {
    const target = model.head - step.back;
    if (target < 1) return;
    const restoring = restoreGroup(ctx, RestoreGroup.parse({ name: "events", commit: target }));
    if (model.expired.has(target)) {
      expect((await errorOf(restoring)).code).toBe("commit_expired");
      return;
    }
    await restoring;
    model.seen.push(model.seen[target] ?? []);
  } else if (step.kind === "snapshot" && model.head > 0) {
    const name = `snapshot_${model.snapshots.size}`;
    await createSnapshot(ctx, CreateSnapshot.parse({ name, featureGroup: "events" }));
    model.snapshots.set(name, model.head);
  } else if (step.kind === "expire" && model.head > 0) {
    ctx.clock.advance(2 * 24 * 3600);
    const { run: retention } = await requestRetention(ctx, { name: "events" });
    expect(await execute(ctx, retention.id)).toMatchObject({ state: "SUCCEEDED" });
    const held = new Set(model.snapshots.values());
    for (let sequence = 1; sequence < model.head; sequence++) if (!held.has(sequence)) model.expired.add(sequence);
    ctx.clock.advance(2 * 24 * 3600);
    const { run: collection } = await requestGarbageCollection(ctx, { includeOrphans: true });
    expect(await execute(ctx, collection.id)).toMatchObject({ state: "SUCCEEDED" });
  }
}

async function check(ctx: TestContext, model: Model): Promise<void> {
  const loaded = await requireGroup(ctx, { name: "events" });
  expect(loaded.headSequence).toBe(model.head);
  for (let sequence = 1; sequence <= model.head; sequence++) {
    const reading = readRows(ctx, ReadRows.parse({ name: "events", commit: sequence, order: "asc", limit: 1000 }));
    if (model.expired.has(sequence)) expect((await errorOf(reading)).code).toBe("commit_expired");
    else expect((await reading).rows, `rows at commit ${sequence}`).toEqual(shown(model.seen[sequence] ?? []));
  }
  for (const [name, sequence] of model.snapshots) {
    const read = await readRows(ctx, ReadRows.parse({ name: "events", snapshot: name, order: "asc", limit: 1000 }));
    expect(read.rows, `rows of ${name}`).toEqual(shown(model.seen[sequence] ?? []));
  }
  const { table } = await loadTable(ctx, loaded);
  const latest: unknown[] = [];
  for await (const chunk of ctx.offline.latest({ table }))
    for (const row of chunk) latest.push([row.keys, row.values, row.commitSequence, row.rowNumber]);
  const expected = latestOracle(model.now, Number.POSITIVE_INFINITY);
  expect(latest.sort()).toEqual(
    expected.map((row) => [row.keys, row.values, row.commitSequence, row.rowNumber]).sort(),
  );
  if (model.head > 0) {
    const commit = await ctx.db.commit.findUniqueOrThrow({
      where: { groupId_sequence: { groupId: loaded.id, sequence: model.head } },
    });
    expect(Number(commit.liveRows)).toBe(model.now.length);
  }
  for (const knowledge of ["event_time", "created_time"] as const) await checkJoin(ctx, model, knowledge);
  expect((await checkStorage(ctx, {})).problems).toEqual([]);
}

/** What a range read shows: one row per key and event time, the greatest in the total order, oldest first. */
function shown(seen: OracleRow[]): unknown[][] {
  const winners = new Map<string, OracleRow>();
  for (const row of [...seen].sort((a, b) => a.commitSequence - b.commitSequence))
    winners.set(`${row.keys[0]}/${row.eventTime}`, row);
  return [...winners.values()]
    .sort(
      (a, b) =>
        a.eventTime - b.eventTime ||
        (a.createdTime ?? 0) - (b.createdTime ?? 0) ||
        a.commitSequence - b.commitSequence ||
        a.rowNumber - b.rowNumber,
    )
    .map((row) => [row.keys[0], instantOf(new Date(row.eventTime / 1000)), row.values[0]]);
}

async function checkJoin(ctx: TestContext, model: Model, knowledge: "event_time" | "created_time"): Promise<void> {
  const later = ctx.clock.now().getTime();
  const instants = [
    ...Array.from({ length: 7 }, (_, n) => hour(n)),
    instantOf(new Date(later)),
    instantOf(new Date(later - 120_000)),
  ];
  const questions = KEYS.flatMap((key) => instants.map((at) => ({ key, at })));
  const answer = await getHistoricalFeatures(
    ctx,
    HistoricalFeatures.parse({
      entity_df: questions.map(({ key, at }) => ({ driver: key, event_timestamp: at })),
      features: ["events:value"],
      as_known: knowledge,
    }),
  );
  const expected = asOfOracle(
    model.now,
    questions.map(({ key, at }) => ({ keys: [key], at: micros(at) })),
    { ttl: null, knowledge },
  );
  expect(
    answer.rows.map((row) => row.value),
    knowledge,
  ).toEqual(expected.map((row) => row?.values[0] ?? null));
}

test("any sequence of writes, overwrites, compactions, restores, snapshots and expiries is what plain arrays say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 4, maxLength: 12 }), async (commands) => {
      const ctx = await inNewProject(base);
      // Garbage is judged by the real age of files, so the time of the test must not be before theirs.
      ctx.clock.set(new Date(Date.now() + 1000).toISOString());
      await apply(
        ctx,
        entity("driver", { driver: "INT64" }),
        group("events", {
          entity: "driver",
          online: false,
          retention: { history: "1d" },
          features: { value: "INT64" },
        }),
      );
      const model = new Model();
      for (const step of commands) {
        await run(ctx, model, step);
        await check(ctx, model);
      }
    }),
    { numRuns: Number(process.env.LARDER_TEST_MODEL_RUNS ?? 6), endOnFailure: false },
  );
}, 300_000);
