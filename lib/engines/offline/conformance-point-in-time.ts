import { describe, expect, test } from "vitest";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { at, failure, joined, joinOf, requestOf, second, shapeOf, tableOf } from "./conformance-data";
import { asOfOracle } from "./oracle";

/** The point-in-time join of semantics.md §2, case by case. */
export function pointInTimeConformance(subject: () => OfflineEngine): void {
  describe("point in time", () => {
    test("the newest value at or before the instant, inclusive to the microsecond", async () => {
      const table = await tableOf(subject(), shapeOf(), [
        {
          rows: [
            [1, at(10), 1],
            [1, at(20), 2],
          ],
        },
      ]);
      expect(
        await joined(
          subject(),
          requestOf(
            [joinOf(table)],
            [
              [1, at(9)],
              [1, at(10)],
              [1, at(19)],
              [1, at(20)],
              [1, at(21)],
            ],
          ),
        ),
      ).toEqual([null, 1, 1, 2, 2]);
    });

    test("ttl counts back from the instant and includes its edge; 0 and null are unlimited", async () => {
      const table = await tableOf(subject(), shapeOf(), [{ rows: [[1, second(0), 7]] }]);
      const spine = [
        [1, at(3_600_000_000)],
        [1, at(3_600_000_001)],
      ];
      expect(await joined(subject(), requestOf([joinOf(table, { ttlSeconds: 3600 })], spine))).toEqual([7, null]);
      expect(await joined(subject(), requestOf([joinOf(table, { ttlSeconds: 0 })], spine))).toEqual([7, 7]);
      expect(await joined(subject(), requestOf([joinOf(table)], spine))).toEqual([7, 7]);
    });

    test("a later created time wins a tie of event times, event time comes first, nulls lose", async () => {
      const rows = [
        [1, second(0), second(9), 10],
        [1, second(0), second(5), 20],
        [2, second(0), second(9), 30],
        [2, second(1), second(0), 40],
        [3, second(0), null, 50],
        [3, second(0), second(0), 60],
      ];
      const table = await tableOf(subject(), shapeOf({ created: true }), [{ rows }]);
      expect(
        await joined(
          subject(),
          requestOf(
            [joinOf(table)],
            [
              [1, second(20)],
              [2, second(20)],
              [3, second(20)],
            ],
          ),
        ),
      ).toEqual([10, 40, 60]);
    });

    test("as it was known: later knowledge and rows without a created time are left out, nothing is borrowed", async () => {
      const rows = [
        [1, second(0), second(2), 4],
        [1, second(0), second(9), 6],
        [2, second(0), null, 8],
        [3, second(0), second(9), 9],
      ];
      const table = await tableOf(subject(), shapeOf({ created: true }), [{ rows }]);
      const spine = [
        [1, second(1)],
        [1, second(2)],
        [1, second(9)],
        [2, second(9)],
        [3, second(8)],
        [3, second(9)],
      ];
      expect(await joined(subject(), requestOf([joinOf(table)], spine, { knowledge: "created_time" }))).toEqual([
        null,
        4,
        6,
        null,
        null,
        9,
      ]);
    });

    test("without a created column the commit's time is what was known", async () => {
      const table = await tableOf(subject(), shapeOf(), [
        { rows: [[1, second(0), 1]], committedAt: second(5) },
        { rows: [[1, second(0), 2]], committedAt: second(8) },
      ]);
      const spine = [
        [1, second(4)],
        [1, second(5)],
        [1, second(8)],
      ];
      expect(await joined(subject(), requestOf([joinOf(table)], spine, { knowledge: "created_time" }))).toEqual([
        null,
        1,
        2,
      ]);
      expect(await joined(subject(), requestOf([joinOf(table)], spine))).toEqual([2, 2, 2]);
    });

    test("equal rows of one file and of two commits give one row, the last", async () => {
      const shape = shapeOf({ created: true });
      const table = await tableOf(subject(), shape, [
        {
          rows: [
            [1, second(0), second(0), 1],
            [1, second(0), second(0), 2],
          ],
        },
        { rows: [[2, second(0), second(0), 3]] },
        { rows: [[2, second(0), second(0), 4]] },
      ]);
      expect(
        await joined(
          subject(),
          requestOf(
            [joinOf(table)],
            [
              [1, second(0)],
              [2, second(0)],
            ],
          ),
        ),
      ).toEqual([2, 4]);
    });

    test("input order, duplicates and own columns are kept", async () => {
      const table = await tableOf(subject(), shapeOf(), [
        {
          rows: [
            [1, second(0), 1],
            [2, second(0), 2],
          ],
        },
      ]);
      const columns = [
        { name: "label", type: "STRING" },
        { name: "k", type: "INT64" },
        { name: "ts", type: "TIMESTAMP" },
      ];
      const rows: Value[][] = [
        ["c", 2, second(5)],
        ["a", 1, second(1)],
        ["a", 1, second(1)],
        ["b", 1, at(-1)],
        ["d", 9, second(2)],
      ];
      const result = await subject().asOf(requestOf([joinOf(table)], [], { spine: { kind: "rows", columns, rows } }));
      expect(result.rows).toEqual(rows.map((row, i) => [...row, [2, 1, 1, null, null][i]]));
      expect(result.columns.map((column) => column.name)).toEqual(["label", "k", "ts", "v"]);
      expect(result.nullCounts).toMatchObject({ v: 2, k: 0 });
    });

    test("many rows in no order at all come back in theirs", async () => {
      const scramble = (i: number, most: number): number => (i * 7919) % most;
      const rows = Array.from({ length: 3000 }, (_, i) => [scramble(i, 50), at(scramble(i, 2999)), i]);
      const table = await tableOf(subject(), shapeOf(), [{ rows }]);
      const spine = Array.from({ length: 20_000 }, (_, i) => [scramble(i, 60), at(scramble(i, 3989))]);
      const result = await subject().asOf(requestOf([joinOf(table)], spine));
      const known = rows.map(([k, time, v], i) => ({
        keys: [k ?? null],
        eventTime: Date.parse(`${String(time).slice(0, 19)}Z`) * 1000 + Number(String(time).slice(20, 26)),
        createdTime: 0,
        commitSequence: 1,
        rowNumber: i,
        values: [v ?? null],
      }));
      const questions = spine.map(([k, time]) => ({
        keys: [k ?? null],
        at: Date.parse(`${String(time).slice(0, 19)}Z`) * 1000 + Number(String(time).slice(20, 26)),
      }));
      const byKey = new Map(questions.map(({ keys }) => [keys[0], known.filter((row) => row.keys[0] === keys[0])]));
      const expected = questions.map((question, i) => [
        ...(spine[i] ?? []),
        asOfOracle(byKey.get(question.keys[0]) ?? [], [question], { ttl: null, knowledge: "event_time" })[0]
          ?.values[0] ?? null,
      ]);
      expect(result.rows).toEqual(expected);
    });

    test("composite keys are tuples and null never equals null", async () => {
      const table = await tableOf(subject(), shapeOf({ keys: ["a", "b"], keyType: "STRING" }), [
        {
          rows: [
            ["a", "bc", second(0), 1],
            ["ab", "c", second(0), 2],
          ],
        },
      ]);
      expect(
        await joined(
          subject(),
          requestOf(
            [joinOf(table)],
            [
              ["a", "bc", second(1)],
              ["ab", "c", second(1)],
              ["a", "c", second(1)],
              [null, "bc", second(1)],
            ],
          ),
        ),
      ).toEqual([1, 2, null, null]);
    });

    test("a null key is refused with its row when asked", async () => {
      const table = await tableOf(subject(), shapeOf(), [{ rows: [[1, second(0), 1]] }]);
      const error = await failure(
        subject().asOf(
          requestOf(
            [joinOf(table)],
            [
              [1, second(1)],
              [null, second(1)],
              [null, second(1)],
            ],
            { nullKeys: "refuse" },
          ),
        ),
      );
      expect(error.code).toBe("null_key");
      expect(error.issues.map((issue) => issue.row)).toEqual([2, 3]);
    });

    test("a group without keys joins on time alone; one group joins twice under two names", async () => {
      const global = await tableOf(subject(), shapeOf({ keys: [] }), [
        {
          rows: [
            [second(1), 5],
            [second(3), 6],
          ],
        },
      ]);
      const spine = {
        kind: "rows" as const,
        columns: [{ name: "ts", type: "TIMESTAMP" }],
        rows: [[second(0)], [second(2)], [second(3)]],
      };
      expect(await joined(subject(), requestOf([joinOf(global)], [], { spine }))).toEqual([null, 5, 6]);
      const city = await tableOf(subject(), shapeOf(), [
        {
          rows: [
            [1, second(0), 11],
            [2, second(0), 22],
          ],
        },
      ]);
      const joins = ["from", "to"].map((column) =>
        joinOf(city, { keyColumns: { k: column }, features: [{ name: "v", as: `${column}__v` }] }),
      );
      const columns = [
        { name: "from", type: "INT64" },
        { name: "to", type: "INT64" },
        { name: "ts", type: "TIMESTAMP" },
      ];
      const result = await subject().asOf(
        requestOf(joins, [], { spine: { kind: "rows", columns, rows: [[1, 2, second(1)]] } }),
      );
      expect(result.rows).toEqual([[1, 2, second(1), 11, 22]]);
    });

    test("defaults fill the gaps and are counted", async () => {
      const table = await tableOf(subject(), shapeOf(), [
        {
          rows: [
            [1, second(0), 1],
            [2, second(0), null],
          ],
        },
      ]);
      const request = requestOf(
        [joinOf(table, { features: [{ name: "v", as: "v", fill: -1 }] })],
        [
          [1, second(1)],
          [2, second(1)],
          [3, second(1)],
        ],
      );
      const result = await subject().asOf(request);
      expect(result.rows?.map((row) => row[2])).toEqual([1, -1, -1]);
      expect([result.filledCounts, result.nullCounts.v]).toEqual([{ v: 2 }, 0]);
    });

    test("a table without files matches nothing", async () => {
      expect(await joined(subject(), requestOf([joinOf({ shape: shapeOf(), files: [] })], [[1, second(1)]]))).toEqual([
        null,
      ]);
    });

    test("a file holds the same rows in the same order, and its content hash follows them", async () => {
      const table = await tableOf(subject(), shapeOf(), [
        {
          rows: [
            [1, second(0), 1],
            [2, second(0), 2],
          ],
        },
      ]);
      const spine = Array.from({ length: 5000 }, (_, i) => [i % 3, second(i % 7)]);
      const write = (rows: Value[][], path: string) =>
        subject().asOf(requestOf([joinOf(table)], rows, { output: { kind: "file", path } }));
      const result = await write(spine, "out/one.parquet");
      const inline = await subject().asOf(requestOf([joinOf(table)], spine));
      expect((await subject().preview("out/one.parquet", 5000)).rows).toEqual(inline.rows);
      expect([result.rowCount, result.nullCounts]).toEqual([5000, inline.nullCounts]);
      await write(spine, "out/two.parquet");
      await write([...spine].reverse(), "out/three.parquet");
      const [one, two, three] = await Promise.all(
        ["one", "two", "three"].map((file) => subject().contentHash(`out/${file}.parquet`)),
      );
      expect(two).toBe(one);
      expect(three).not.toBe(one);
      const { stream, byteCount } = await subject().open("out/one.parquet");
      expect((await new Response(stream).arrayBuffer()).byteLength).toBe(byteCount);
      expect((await failure(write(spine, "out/one.parquet"))).code).toBe("already_exists");
    });
  });
}
