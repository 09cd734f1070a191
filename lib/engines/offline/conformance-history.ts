import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CommittedFile, LatestRow, OfflineEngine, Scanned, Table, TimeRange } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { at, joined, joinOf, requestOf, second, shapeOf, tableOf } from "./conformance-data";
import { commitsOf, instant, oracleRows, type Scenario, scenario, scenarioShape, seedOf } from "./conformance-random";
import { asOfOracle, type OracleRow } from "./oracle";

const SECOND = 1_000_000;

async function latestOf(
  engine: OfflineEngine,
  request: Parameters<OfflineEngine["latest"]>[0],
): Promise<{ rows: LatestRow[]; scanned: Scanned | null }> {
  const rows: LatestRow[] = [];
  let scanned: Scanned | null = null;
  const onScanned = (found: Scanned): void => {
    scanned = found;
  };
  for await (const chunk of engine.latest({ ...request, onScanned })) rows.push(...chunk);
  rows.sort((a, b) => JSON.stringify(a.keys).localeCompare(JSON.stringify(b.keys)));
  return { rows, scanned };
}

function hide(file: CommittedFile, range: TimeRange): CommittedFile {
  return { ...file, hidden: [...(file.hidden ?? []), range] };
}

/** Everything that can be asked of a table; two tables of the same rows must answer alike. */
async function answers(engine: OfflineEngine, table: Table, given: Scenario): Promise<Record<string, unknown>> {
  const spine = given.questions.map((question) => [...question.keys.slice(0, given.width), at(question.at)]);
  const join = joinOf(table, { ttlSeconds: given.ttlSeconds });
  const range = { start: at(SECOND), end: at(3 * SECOND + 1) };
  const keys =
    given.width === 0
      ? [[]]
      : [
          [1, "1"],
          [2, "a"],
        ].map((key) => key.slice(0, given.width));
  const sums = `SELECT count(*) AS n, sum(v) AS s FROM g WHERE event_time > TIMESTAMPTZ '2001-01-01'`;
  return {
    asOf: (await engine.asOf(requestOf([join], spine))).rows,
    asKnown: (await engine.asOf(requestOf([join], spine, { knowledge: "created_time" }))).rows,
    latest: (await latestOf(engine, { table, at: at(3 * SECOND) })).rows,
    latestOfKeys: (await latestOf(engine, { table, keys })).rows,
    read: (await engine.read({ table, limit: 100 })).rows,
    within: (await engine.read({ table, ...range, descending: true, offset: 1, limit: 9 })).rows,
    distinct: (await engine.read({ table, limit: 100, distinct: true })).rows,
    count: await engine.count({ table }),
    countWithin: await engine.count({ table, range }),
    query: (await engine.query({ query: { sql: sums, inputs: [{ name: "g", kind: "table", table }] }, limit: 1 })).rows,
    profiled: (await engine.profile({ table, trendBuckets: 2 })).map(({ count, min, max, trend }) => [
      count,
      min,
      max,
      trend,
    ]),
  };
}

const range = fc.record({ start: fc.option(instant, { freq: 3 }), end: fc.option(instant, { freq: 3 }) });
const history = fc.record({
  given: scenario,
  merged: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }),
  before: fc.array(fc.record({ file: fc.integer({ min: 0, max: 2 }), range }), { maxLength: 2 }),
  after: fc.option(range),
});

function rangeOf({ start, end }: { start: number | null; end: number | null }): TimeRange {
  return { start: start === null ? null : at(start), end: end === null ? null : at(end) };
}

function isHidden(row: OracleRow, ranges: { start: number | null; end: number | null }[]): boolean {
  return ranges.some(
    ({ start, end }) => (start === null || row.eventTime >= start) && (end === null || row.eventTime < end),
  );
}

/** Rows taken away, compaction and pruning: what changes is how files lie, never what they answer. */
export function historyConformance(subject: () => OfflineEngine): void {
  describe("history", () => {
    test("hidden and compacted rows: every read agrees with the double loop", async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ given, merged, before, after }) => {
          const engine = subject();
          const rows = oracleRows(given);
          const shape = scenarioShape(given);
          let { files } = await tableOf(engine, shape, commitsOf(rows, given));
          for (const one of before)
            files = files.map((file, i) => (i === one.file ? hide(file, rangeOf(one.range)) : file));
          const chosen = files.filter((_, i) => merged.includes(i));
          const small = await engine.compact({ table: { shape, files: chosen }, folder: "data/compacted" });
          let compacted = files.filter((file) => !chosen.includes(file));
          // Compacted again, alone: what a compacted file keeps must survive its own compaction.
          for (let next: typeof small = small, sequence = 10; next && sequence < 12; sequence++) {
            const file = { ...next, commitSequence: sequence, committedAt: at(9 * SECOND) };
            if (sequence === 11) compacted = [file, ...compacted];
            else next = await engine.compact({ table: { shape, files: [file] }, folder: "data/compacted" });
          }
          if (after) {
            files = files.map((file) => hide(file, rangeOf(after)));
            compacted = compacted.map((file) => hide(file, rangeOf(after)));
          }
          const plain = await answers(engine, { shape, files }, given);
          expect(await answers(engine, { shape, files: compacted }, given)).toEqual(plain);

          const visible = rows.filter((row) => {
            const own = before.flatMap((one) => (one.file === row.commitSequence - 1 ? [one.range] : []));
            return !isHidden(row, after ? [...own, after] : own);
          });
          const questions = given.questions.map(({ keys, at: instant }) => ({
            keys: keys.slice(0, given.width),
            at: instant,
          }));
          const oracle = (knowledge: "event_time" | "created_time"): Value[][] =>
            asOfOracle(visible, questions, { ttl: (given.ttlSeconds ?? 0) * SECOND, knowledge }).map((found, i) => [
              ...(questions[i]?.keys ?? []),
              at(questions[i]?.at ?? 0),
              found?.values[0] ?? null,
            ]);
          expect(plain.asOf).toEqual(oracle("event_time"));
          expect(plain.asKnown).toEqual(oracle("created_time"));
          expect(plain.count).toBe(visible.length);
        }),
        { seed: seedOf("history"), numRuns: 15 },
      );
    });

    test("hiding is inclusive at its start and exclusive at its end, and leaves other files alone", async () => {
      const rows = [0, 1, 2, 3].map((i) => [1, second(i), i]);
      const { shape, files } = await tableOf(subject(), shapeOf(), [{ rows }, { rows: [[1, second(2), 9]] }]);
      const [first, last] = files as [CommittedFile, CommittedFile];
      const table = { shape, files: [hide(first, { start: second(1), end: second(3) }), last] };
      expect((await subject().read({ table, limit: 9 })).rows.map((row) => row[2])).toEqual([0, 9, 3]);
      expect(await subject().count({ table })).toBe(3);
      const none = { shape, files: files.map((file) => hide(file, { start: null, end: null })) };
      expect(await joined(subject(), requestOf([joinOf(none)], [[1, second(9)]]))).toEqual([null]);
      expect(await subject().compact({ table: none, folder: "data/none" })).toBeNull();
      expect([await subject().count({ table: none }), (await latestOf(subject(), { table: none })).rows]).toEqual([
        0,
        [],
      ]);
    });

    test("a compacted file says what it is, and its own columns are shown to nobody", async () => {
      const commits = [1, 2].map((i) => ({
        rows: [
          [i, second(i), i],
          [3, second(9), i],
        ],
      }));
      const { shape, files } = await tableOf(subject(), shapeOf(), commits);
      const file = await subject().compact({ table: { shape, files }, folder: "data/compacted" });
      expect(file).toMatchObject({
        rowCount: 4,
        compacted: true,
        unique: false,
        minEventTime: second(1),
        maxEventTime: second(9),
        minKey: 1,
        maxKey: 3,
      });
      const table = { shape, files: file ? [{ ...file, commitSequence: 3, committedAt: second(5000) }] : [] };
      const inputs = [{ name: "g", kind: "table" as const, table }];
      const { columns } = await subject().query({ query: { sql: "SELECT * FROM g", inputs }, limit: 1 });
      expect(columns.map((column) => column.name)).toEqual(["k", "event_time", "v"]);
    });

    test("a repeated row of one key and instant is read once, the greatest", async () => {
      const rows = [
        [1, second(0), 1],
        [1, second(0), 2],
        [2, second(0), 3],
      ];
      const table = await tableOf(subject(), shapeOf(), [
        { rows },
        {
          rows: [
            [2, second(0), 4],
            [2, second(1), 5],
          ],
        },
      ]);
      const read = async (distinct: boolean) =>
        (await subject().read({ table, limit: 9, distinct })).rows.map((row) => row[2]);
      expect(await read(true)).toEqual([2, 4, 5]);
      expect(await read(false)).toEqual([1, 2, 3, 4, 5]);
    });

    test("files that cannot matter are not opened, and it says so", async () => {
      const commits = [0, 1, 2, 3].map((i) => ({
        rows: [0, 1, 2, 3, 4].map((k) => [100 * (i % 2) + k, second(10 * i + k), i]),
      }));
      const table = await tableOf(subject(), shapeOf(), commits);
      const [even0, odd0, even1, odd1] = table.files as [CommittedFile, CommittedFile, CommittedFile, CommittedFile];
      const broken = (...files: CommittedFile[]): Table => ({
        ...table,
        files: table.files.map((file) => (files.includes(file) ? { ...file, path: "data/gone.parquet" } : file)),
      });
      const newest = await latestOf(subject(), { table: broken(odd0, even0, odd1), keys: [[2]] });
      expect(newest.rows.map((row) => [row.eventTime, row.commitSequence, row.rowNumber, row.values])).toEqual([
        [second(22), 3, 2, [2]],
      ]);
      expect(newest.scanned).toMatchObject({ files: 1, filesTotal: 4, bytes: even1.byteCount });
      const older = await latestOf(subject(), { table: broken(odd0, odd1, even1), keys: [[2], [3]], at: second(15) });
      expect([older.rows.length, older.scanned?.files]).toEqual([2, 1]);
      const both = await latestOf(subject(), { table, keys: [[2], [104]] });
      expect(both.rows.map((row) => row.values)).toEqual([[3], [2]]);
      const none = await latestOf(subject(), { table: broken(...table.files), keys: [[50]] });
      expect([none.rows, none.scanned?.files]).toEqual([[], 0]);

      const asOf = await subject().asOf(requestOf([joinOf(broken(odd0, odd1, even1))], [[1, second(15)]]));
      expect([asOf.rows?.[0]?.[2], asOf.scanned?.files, asOf.scanned?.filesTotal]).toEqual([0, 1, 4]);
      const fresh = requestOf([joinOf(broken(even0, odd0, odd1), { ttlSeconds: 10 })], [[1, second(24)]]);
      expect((await subject().asOf(fresh)).rows?.[0]?.[2]).toBe(2);
      const edge = requestOf([joinOf(table, { ttlSeconds: 10 })], [[4, second(14)]]);
      expect((await subject().asOf(edge)).rows?.[0]?.[2]).toBe(0);
      expect((await subject().read({ table, start: second(4), end: second(10), limit: 9 })).rows.length).toBe(1);
      expect(
        (await subject().read({ table: broken(even0, even1, odd1), start: second(10), end: second(20), limit: 9 })).rows
          .length,
      ).toBe(5);
    });

    test("a later correction of the same instant in an older place of time is found", async () => {
      const table = await tableOf(subject(), shapeOf(), [
        {
          rows: [
            [1, second(5), 1],
            [2, second(9), 2],
          ],
        },
        { rows: [[1, second(5), 3]] },
      ]);
      expect((await latestOf(subject(), { table, keys: [[1]] })).rows.map((row) => row.values)).toEqual([[3]]);
    });
  });
}
