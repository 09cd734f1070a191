import { describe, expect, test } from "vitest";
import type { CommittedFile, Table } from "@/lib/engines/offline/port";
import { asOfSql, candidatesSql } from "./as-of-sql";
import { castPlan, duckType, keyPlan, larderType } from "./column-types";
import { resourceError, userSqlError } from "./failure";
import { withoutSemicolon } from "./gate";
import { binEdges } from "./profile";
import {
  firstPlaces,
  historySql,
  inCommitOrder,
  isTieFree,
  literal,
  partsOf,
  quote,
  type Scan,
  type ScanPart,
  tableSql,
} from "./sql";
import { namesInTree } from "./table-names";
import { constant } from "./values";

function file(commitSequence: number, min: string, max: string, unique = true): CommittedFile {
  const times = { minEventTime: `2001-01-${min}T00:00:00.000000Z`, maxEventTime: `2001-01-${max}T00:00:00.000000Z` };
  return {
    path: `${commitSequence}.parquet`,
    rowCount: 1,
    byteCount: 1,
    sha256: "",
    unique,
    commitSequence,
    committedAt: `2001-02-0${commitSequence}T00:00:00.000000Z`,
    ...times,
  };
}

function hides(one: CommittedFile, start: string | null, end: string | null): CommittedFile {
  const instant = (day: string | null): string | null => day && `2001-01-${day}T00:00:00.000000Z`;
  return { ...one, hidden: [{ start: instant(start), end: instant(end) }] };
}

const shape = {
  keys: [{ name: "k", type: "INT64" }],
  eventTime: "at",
  createdTime: null,
  features: [{ name: "v", type: "FLOAT32[2]" }],
};
function part(files: CommittedFile[], rest: Partial<ScanPart> = {}): ScanPart {
  const places = firstPlaces(files);
  return {
    files: files.map(({ path, commitSequence, committedAt }, i) => ({
      path: `/r/${path}`,
      commitSequence,
      committedAt,
      firstPlace: places.get(files[i] as CommittedFile) ?? 0,
    })),
    present: new Set(["k", "at", "v"]),
    mixed: false,
    hidden: [],
    compacted: false,
    ...rest,
  };
}
const scan: Scan = { parts: [part([file(1, "01", "02")])] };
const RANGE = { min: "2001-01-01T00:00:00.000000Z", max: "2001-01-31T00:00:00.000000Z" };

test.each([
  [quote('a"b'), '"a""b"'],
  [literal("it's"), "'it''s'"],
  [constant("x'y", "STRING"), "CAST('x''y' AS VARCHAR)"],
  [constant(null, "INT64"), "CAST(NULL AS BIGINT)"],
  [constant([1, "NaN"], "FLOAT32[]"), `CAST(CAST('[1,"NaN"]' AS JSON) AS FLOAT[])`],
])("%s", (found, expected) => expect(found).toBe(expected));

describe("relations", () => {
  const table: Table = { shape, files: [file(1, "01", "02")] };

  test("a table casts each column to its declared type and gives nulls for columns no file has", () => {
    expect(tableSql(table, scan)).toBe(
      `SELECT CAST("k" AS BIGINT) AS "k", CAST("at" AS TIMESTAMP WITH TIME ZONE) AS "at", CAST("v" AS FLOAT[2]) AS "v" FROM read_parquet(['/r/1.parquet'])`,
    );
    expect(tableSql(table, { parts: [part(table.files, { present: new Set(["k", "at"]) })] })).toContain(
      `CAST(NULL AS FLOAT[2]) AS "v"`,
    );
    expect(tableSql({ shape, files: [] }, { parts: [] })).toMatch(/WHERE false$/);
  });

  test("history knows the commit of each file", () => {
    const two: Table = { shape, files: [file(2, "01", "02"), file(1, "03", "04")] };
    expect(inCommitOrder(two.files).map((one) => one.commitSequence)).toEqual([1, 2]);
    const sql = historySql(two, { parts: [part(inCommitOrder(two.files), { mixed: true })] });
    expect(sql).toContain(
      `(CAST(['2001-02-01T00:00:00.000000Z', '2001-02-02T00:00:00.000000Z'] AS TIMESTAMPTZ[]))[file_index::BIGINT + 1] AS "larder.created"`,
    );
    expect(sql).toContain(`union_by_name = true`);
  });

  test.each<[string, CommittedFile[], boolean]>([
    ["one unique file", [file(1, "01", "05")], true],
    ["one file with ties", [file(1, "01", "05", false)], false],
    ["ranges apart", [file(2, "06", "07"), file(1, "01", "05")], true],
    ["ranges that touch", [file(1, "01", "05"), file(2, "05", "07")], false],
    ["ranges inside one another", [file(1, "01", "09"), file(2, "02", "03")], false],
    ["no files", [], true],
    ["an overwritten middle", [hides(file(1, "01", "09"), "03", "05"), file(2, "03", "04")], true],
    [
      "an overwritten middle, and a row at its end",
      [hides(file(1, "01", "09"), "03", "05"), file(2, "03", "05")],
      false,
    ],
    ["an overwritten head", [hides(file(1, "01", "09"), null, "05"), file(2, "01", "04")], true],
    ["an overwritten tail, and a row before it", [hides(file(1, "01", "09"), "05", null), file(2, "04", "06")], false],
  ])("tie free: %s", (_, files, expected) => expect(isTieFree(files)).toBe(expected));

  test("files are read together unless they differ in what is hidden or are compacted", () => {
    const of = (commit: number): CommittedFile => file(commit, "01", "09");
    const files = [of(4), hides(of(3), "02", "03"), { ...of(2), compacted: true }, of(1), hides(of(5), null, null)];
    const parts = partsOf(files, firstPlaces(files));
    expect(parts.map((list) => list.map((item) => item.commitSequence))).toEqual([[1, 4], [2], [3]]);
  });

  test("rows of files of one commit are counted through", () => {
    const files = [
      file(2, "01", "01"),
      file(1, "01", "01"),
      { ...file(2, "02", "02"), path: "x" },
      file(2, "03", "03"),
    ];
    const places = firstPlaces(files);
    expect(files.map((item) => places.get(item))).toEqual([0, 0, 1, 2]);
  });

  test("hidden ranges are conditions on the event time, and compacted rows bring their own order", () => {
    const hidden = [{ start: "2001-01-02T00:00:00.000000Z", end: null }];
    expect(tableSql(table, { parts: [part(table.files, { hidden })] })).toMatch(
      / WHERE NOT \("at" >= CAST\('2001-01-02T00:00:00.000000Z' AS TIMESTAMPTZ\)\)$/,
    );
    const both = historySql(table, { parts: [part(table.files), part([file(2, "01", "02")], { compacted: true })] });
    expect(both).toContain(
      ` UNION ALL SELECT CAST("k" AS BIGINT) AS "k", CAST("at" AS TIMESTAMP WITH TIME ZONE) AS "at", CAST("v" AS FLOAT[]) AS "v", "larder.known" AS "larder.created", "larder.commit" AS "larder.commit", "larder.place" AS "larder.place"`,
    );
  });

  test("ties cost a window only when there may be some, and ttl is checked after the join", () => {
    const join = { table, keyColumns: { k: "k" }, ttlSeconds: 60, features: [{ name: "v", as: "out" }] };
    const plain = candidatesSql(join, scan, "event_time", RANGE);
    expect(plain).not.toContain("QUALIFY");
    const tied = { ...join, table: { shape, files: [file(1, "01", "02", false)] } };
    expect(candidatesSql(tied, scan, "event_time", RANGE)).toContain(
      `QUALIFY row_number() OVER (PARTITION BY "k", "at" ORDER BY "at" DESC, "larder.created" DESC NULLS LAST, "larder.commit" DESC, "larder.place" DESC) = 1`,
    );
    expect(candidatesSql(join, scan, "created_time", RANGE)).toContain(
      "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    );
    const spine = {
      table: "sp",
      columns: [{ name: "ts", type: "TIMESTAMP" }],
      timestamp: "ts",
      keys: [{ k: `s."k"` }],
      ...RANGE,
    };
    expect(asOfSql(spine, [join], ["C"])).toBe(
      `SELECT s."ts", CASE WHEN epoch_us(s."ts") - epoch_us(j0."larder.at") <= 60000000 THEN j0."larder.v0" END AS "out" FROM sp s ` +
        `ASOF LEFT JOIN (C) j0 ON s."k" = j0."larder.k0" AND s."ts" >= j0."larder.known" ORDER BY s.rowid`,
    );
  });
});

describe("types", () => {
  test.each([
    ["TINYINT", "INT32"],
    ["UINTEGER", "INT64"],
    ["HUGEINT", "INT64"],
    ["FLOAT", "FLOAT32"],
    ["DECIMAL(10,2)", "DECIMAL(10,2)"],
    ["UUID", "STRING"],
    ["ENUM('a', 'b')", "STRING"],
    ["TIMESTAMP_NS", "TIMESTAMP"],
    ["STRUCT(a INTEGER)", "JSON"],
    ["INTEGER[]", "INT32[]"],
    ["FLOAT[384]", "FLOAT32[384]"],
    ["INTEGER[][]", "JSON"],
    ["MAP(INTEGER, VARCHAR)", "JSON"],
    ["BLOB", "BYTES"],
    ["TIMESTAMP WITH TIME ZONE[]", "TIMESTAMP[]"],
  ])("%s is %s", (duck, larder) => expect(larderType(duck)).toBe(larder));

  test.each([
    "INT32",
    "INT64",
    "FLOAT32",
    "FLOAT64",
    "STRING",
    "BOOL",
    "TIMESTAMP",
    "DATE",
    "DECIMAL(9,3)",
    "BYTES",
    "JSON",
    "INT64[]",
    "FLOAT32[8]",
  ])("%s survives the way there and back", (type) => expect(larderType(duckType(type))).toBe(type));

  test.each([
    ["BIGINT", "INT32", true],
    ["VARCHAR", "INT64", true],
    ["BIGINT", "STRING", false],
    ["BOOLEAN", "INT32", false],
    ["DOUBLE", "FLOAT32", true],
    ["VARCHAR[]", "FLOAT32[]", true],
    ["BLOB", "STRING", false],
    ["UUID", "STRING", true],
    ["DATE", "TIMESTAMP", true],
    ["BLOB[]", "INT64[]", false],
  ])("%s to %s: %s", (from, to, possible) => expect(castPlan(from, to) !== null).toBe(possible));

  test.each([
    ["VARCHAR", "INT64", false],
    ["SMALLINT", "INT64", true],
    ["BIGINT", "INT32", true],
    ["DOUBLE", "INT64", false],
    ["BIGINT", "STRING", false],
    ["TIMESTAMP", "TIMESTAMP", true],
    ["UUID", "STRING", true],
  ])("key %s for %s: %s", (from, to, possible) => expect(keyPlan(from, to) !== null).toBe(possible));
});

test.each([
  ["SELECT 1;", "SELECT 1"],
  ["SELECT ';' -- a;b\n; -- done", "SELECT ';' -- a;b\n"],
  ['SELECT ";" /* ; */', 'SELECT ";" /* ; */'],
  ["SELECT $$;$$, $x$;$x$ ;", "SELECT $$;$$, $x$;$x$ "],
  ["SELECT e'\\';' ;", "SELECT e'\\';' "],
])("the statement of %s", (sql, expected) => expect(withoutSemicolon(sql)).toBe(expected));

test("names of a parsed statement leave out common table expressions where they are in scope", () => {
  const base = (table_name: string, schema_name = "") => ({
    type: "BASE_TABLE",
    table_name,
    schema_name,
    catalog_name: "",
  });
  const tree = {
    cte_map: { map: [{ key: "c", value: { query: base("c") } }] },
    from: [base("c"), base("x"), base("c", "s")],
  };
  expect(namesInTree([tree])).toEqual(["c", "s.c", "x"]);
  expect(namesInTree([{ ...tree, cte_map: { map: [{ key: "c", value: { query: base("y") } }] } }])).toEqual([
    "s.c",
    "x",
    "y",
  ]);
  const itself = (node: object) => ({ cte_map: { map: [{ key: "c", value: { query: { node } } }] }, from: base("c") });
  expect(namesInTree([itself({ type: "RECURSIVE_CTE_NODE", right: base("c") })])).toEqual([]);
  // A text in the query is no recursion.
  expect(namesInTree([itself({ type: "SELECT_NODE", value: "RECURSIVE_CTE_NODE", from: base("c") })])).toEqual(["c"]);
});

test("bins cover the range with equal width, or as finely as numbers allow", () => {
  expect(binEdges(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(binEdges(3, 3)).toEqual([3]);
  expect(binEdges(-1.7e308, 1.7e308).every(Number.isFinite)).toBe(true);
  expect(binEdges(2 ** 53, 2 ** 53 + 4).at(-1)).toBe(2 ** 53 + 4);
});

test.each([
  ['IO Error: Could not write file "/x": No space left on device', "insufficient_storage"],
  ["Out of Memory Error: could not allocate block of size 256.0 KiB", "resource_exhausted"],
])("%s", (text, code) => expect(resourceError(new Error(text))?.code).toBe(code));

test("a user's error keeps its line and loses its paths", () => {
  const error = userSqlError(new Error('Binder Error: no column "a" in /data/root/x\n\nLINE 7: a'), (text) =>
    text.replaceAll("/data/root/", ""),
  );
  expect([error.code, error.issues[0]?.line, error.detail.includes("/data")]).toEqual(["sql_invalid", 7, false]);
});
