import { afterAll, describe, expect, test } from "vitest";
import type { ColumnRule } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { errorOf } from "@/lib/testing/runs";
import { AT, engine, ingest, lines, rowsOf, STORED, shapeOf, tableOf } from "./ingest-fixture";

afterAll(() => engine.close());

describe("rows", () => {
  const shape = shapeOf({ v: "FLOAT64", name: "STRING" });

  test("one bad row in ten thousand: nothing is written, and its row is named", async () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, at: AT, v: id === 7776 ? "x" : id }));
    const error = await errorOf(ingest("json", lines(rows), shape));
    expect(error).toMatchObject({
      code: "invalid_type",
      detail: "1 of 10,000 rows are bad (1 invalid_type); nothing was written",
      issues: [{ code: "invalid_type", row: 7777, pointer: "/v", detail: "v is not a FLOAT64" }],
    });
  });

  test("the first hundred problems, in the order of rows, and all of them counted", async () => {
    const rows = Array.from({ length: 500 }, (_, id) => (id % 2 === 0 ? { id: null, at: AT } : { id, at: "x" }));
    const error = await errorOf(ingest("json", lines(rows), shape));
    expect(error.issues.map(({ row }) => row)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(error.detail).toBe("500 of 500 rows are bad (250 invalid_timestamp, 250 null_key); nothing was written");
  });

  test("a row may have several problems; fields are those of the group, each once", async () => {
    const body = [
      `{"id":1,"at":"${AT}","V":1}`,
      `{"at":"${AT}"}`,
      `{"id":1}`,
      `{"id":1,"at":"${AT}","v":1,"v":2}`,
      "[1]",
      "{broken",
      "",
      `{"name":"x","at":"${AT}","id":9,"v":null}`,
    ].join("\n");
    const error = await errorOf(ingest("json", body, shape));
    expect(error.issues.map(({ row, code }) => [row, code])).toEqual([
      [1, "schema_mismatch"],
      [2, "null_key"],
      [3, "missing_timestamp"],
      [4, "schema_mismatch"],
      [5, "invalid_type"],
      [6, "malformed_json"],
    ]);
    expect(error.detail).toContain("6 of 7 rows are bad");
  });

  test("constraints", async () => {
    const rules: ColumnRule[] = [
      { column: "v", min: 0, max: 10, notNull: true },
      { column: "name", allowed: ["a", "b"] },
    ];
    const values: [Value, Value][] = [
      [0, "a"],
      [10, null],
      [-0.1, "a"],
      [10.5, "a"],
      ["NaN", "a"],
      [null, "a"],
      [5, "c"],
    ];
    const body = lines(values.map(([v, name], id) => ({ id, at: AT, v, name })));
    const error = await errorOf(ingest("json", body, shape, { rules }));
    expect(error.issues.map(({ row, code, pointer }) => [row, code, pointer])).toEqual([
      [3, "constraint_violated", "/v"],
      [4, "constraint_violated", "/v"],
      [5, "constraint_violated", "/v"],
      [6, "constraint_violated", "/v"],
      [7, "constraint_violated", "/name"],
    ]);
  });

  test("rows outside the range that is replaced are bad", async () => {
    const range = { start: STORED, end: "2026-01-02T00:00:00.000000Z" };
    const body = lines([
      { id: 1, at: "2025-12-31T23:59:59.999999Z" },
      { id: 2, at: AT },
      { id: 3, at: "2026-01-02" },
    ]);
    const error = await errorOf(ingest("json", body, shape, { range }));
    expect(error.issues.map(({ row, code }) => [row, code])).toEqual([
      [1, "timestamp_out_of_range"],
      [3, "timestamp_out_of_range"],
    ]);
  });

  test("bad rows are put aside with their reasons; the counts add up", async () => {
    const body = [
      `{"id":1,"at":"${AT}","v":"NaN"}`,
      `{"id":null,"at":"x","v":1}`,
      "{broken",
      `{"id":2,"at":"${AT}","v":2}`,
    ].join("\n");
    const result = await ingest("json", body, shape, { badRows: "quarantine" });
    expect(result).toMatchObject({ accepted: 2, rejected: 2, counts: { null_key: 1, invalid_timestamp: 1 } });
    expect((await rowsOf(shape, result)).map((row) => row.slice(0, 3))).toEqual([
      [1, STORED, "NaN"],
      [2, STORED, 2],
    ]);
    const { rows } = await engine.preview(result.quarantine?.path ?? "", 10);
    expect(rows).toEqual([
      [
        2,
        [
          { code: "null_key", column: "id" },
          { code: "invalid_timestamp", column: "at" },
        ],
        '{"id":null,"at":"x","v":1}',
      ],
      [3, [{ code: "malformed_json", column: null }], "{broken"],
    ]);
  });

  test("all rows bad: nothing to commit, everything put aside", async () => {
    const csv = "id,at,v,name\n,x,,\n";
    const result = await ingest("csv", csv, shape, { badRows: "quarantine" });
    expect(result).toMatchObject({ file: null, accepted: 0, rejected: 1, quarantine: { rowCount: 1 } });
  });
});

describe("duplicates", () => {
  const shape = shapeOf({ v: "INT64" });
  const body = lines([
    { id: 1, at: AT, v: 1 },
    { id: 2, at: AT, v: 2 },
    { id: 1, at: "2026-01-01T01:00:00+01:00", v: 3 },
    { id: 1, at: "2026-01-01T00:00:00.000001Z", v: 4 },
  ]);

  test("keep_last: the last of the batch stays, and is counted", async () => {
    const result = await ingest("json", body, shape);
    expect(result).toMatchObject({ accepted: 4, duplicates: 1, file: { rowCount: 3, unique: true } });
    expect((await rowsOf(shape, result)).map((row) => [row[0], row[2]])).toEqual([
      [1, 3],
      [2, 2],
      [1, 4],
    ]);
  });

  test("reject: later rows are named; with quarantine the first one stays", async () => {
    const error = await errorOf(ingest("json", body, shape, { duplicates: "reject" }));
    expect(error).toMatchObject({ code: "duplicate_rows", issues: [{ row: 3, code: "duplicate_rows" }] });
    const result = await ingest("json", body, shape, { duplicates: "reject", badRows: "quarantine" });
    expect(result).toMatchObject({ accepted: 3, rejected: 1, duplicates: 0 });
    expect((await rowsOf(shape, result)).map((row) => row[2])).toEqual([1, 2, 4]);
  });

  test("reject: also rows that the group holds, as far as they are seen", async () => {
    const first = await ingest("json", body, shape);
    const existing = tableOf(shape, first);
    const again = lines([
      { id: 7, at: AT, v: 1 },
      { id: 2, at: AT, v: 9 },
    ]);
    const error = await errorOf(ingest("json", again, shape, { duplicates: "reject", existing }));
    expect(error.issues).toMatchObject([{ row: 2, code: "duplicate_rows" }]);
    const hidden = {
      ...existing,
      files: existing.files.map((file) => ({ ...file, hidden: [{ start: null, end: null }] })),
    };
    expect(await ingest("json", again, shape, { duplicates: "reject", existing: hidden })).toMatchObject({
      accepted: 2,
    });
  });

  test("with a created time, rows are the same only when that is too", async () => {
    const known = shapeOf({ v: "INT64" }, { createdTime: "known" });
    const rows = [null, AT, AT, null].map((at, v) => ({ id: 1, at: AT, known: at, v }));
    const result = await ingest("json", lines(rows), known);
    expect(result).toMatchObject({ accepted: 4, duplicates: 2, file: { rowCount: 2, unique: false } });
    expect((await rowsOf(known, result)).map((row) => row[3])).toEqual([3, 2]);
  });

  test("without keys, rows of one time are the same", async () => {
    const none = shapeOf({ v: "INT64" }, { keys: [] });
    const result = await ingest("csv", `at,v\n${AT},1\n${AT},2\n`, none);
    expect(await rowsOf(none, result)).toEqual([[STORED, 2]]);
  });
});
