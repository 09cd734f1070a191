import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeRow, rowSchema } from "@/lib/compute/online-row";
import type { OfflineEngine, Shape, Table, TimeRange } from "@/lib/engines/offline/port";
import type { KeyedRow } from "@/lib/engines/online/port";
import { at, second, tableOf } from "./conformance-data";
import { commitsOf, oracleRows, scenario, scenarioShape } from "./conformance-random";

const SECOND = 1_000_000;

async function textsOf(
  engine: OfflineEngine,
  request: Parameters<OfflineEngine["latestTexts"]>[0],
): Promise<KeyedRow[]> {
  const texts: KeyedRow[] = [];
  for await (const chunk of engine.latestTexts(request)) texts.push(...chunk);
  return texts;
}

const byKey = (a: KeyedRow, b: KeyedRow): number => JSON.stringify(a.key).localeCompare(JSON.stringify(b.key));

/** What `latest` answers, encoded: what the texts must be, character for character. */
async function encodedLatest(engine: OfflineEngine, table: Table): Promise<KeyedRow[]> {
  const schema = rowSchema(table.shape.features);
  const rows: KeyedRow[] = [];
  for await (const chunk of engine.latest({ table }))
    for (const { keys, values, ...order } of chunk) rows.push({ key: keys, row: encodeRow(schema, order, values) });
  return rows.sort(byKey);
}

const within = (table: Table, { start, end }: TimeRange): Table => ({
  ...table,
  files: table.files.map((file) => ({
    ...file,
    hidden: [
      ...(start === null ? [] : [{ start: null, end: start }]),
      ...(end === null ? [] : [{ start: end, end: null }]),
    ],
  })),
});

const double = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, 0.1, 1e21, -1e21, 1e20, 123456789012345680000, 1e15, 1e16, 1e-6, 1e-7, 1.5e-7, 5e-324),
  fc.constantFrom(1.7976931348623157e308, 0.001, 0.00099, 0.0001, 1e-5, 12345678.9, 2 ** 53, 2 ** 70, Number.NaN),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 999999999999999.9, 2 ** 53 + 2, 1 / 3),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((whole) => whole / 8),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }).filter((one) => !one.includes("\0")),
  fc.constantFrom(
    "",
    '"',
    "\\",
    "\u007f",
    "\u0080",
    "é",
    "漢字",
    "👩‍👩‍👧",
    "a\tb\n\r\f\b\u0001",
    "\u2028",
    "{}",
    "NaN",
    "\u001f",
  ),
);
const big = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 99n }));
const nearSafe = fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, -(2n ** 53n));
const document = fc.jsonValue({ maxDepth: 2 });

/** Every data type with values of it, as SQL. */
const TYPES: { type: string; values: fc.Arbitrary<string> }[] = [
  { type: "INT32", values: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String) },
  { type: "INT64", values: fc.oneof(big, nearSafe).map(String) },
  { type: "FLOAT32", values: double.map(String) },
  { type: "FLOAT64", values: double.map((x) => (Object.is(x, -0) ? "-0.0" : String(x))) },
  { type: "STRING", values: text },
  { type: "BOOL", values: fc.boolean().map(String) },
  { type: "TIMESTAMP", values: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).map(at) },
  { type: "DATE", values: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).map((micros) => at(micros).slice(0, 10)) },
  { type: "DECIMAL(20,4)", values: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((x) => `${x}.0625`) },
  {
    type: "BYTES",
    values: fc
      .uint8Array({ maxLength: 9 })
      .map((bytes) => [...bytes].map((b) => `\\x${b.toString(16).padStart(2, "0")}`).join("")),
  },
  { type: "JSON", values: document.map((value) => JSON.stringify(value)) },
];
const DUCK: Record<string, string> = {
  INT32: "INTEGER",
  INT64: "BIGINT",
  FLOAT32: "FLOAT",
  FLOAT64: "DOUBLE",
  STRING: "VARCHAR",
  BOOL: "BOOLEAN",
  TIMESTAMP: "TIMESTAMPTZ",
  BYTES: "BLOB",
};

const literal = (value: string | null, type: string): string =>
  value === null
    ? `CAST(NULL AS ${DUCK[type] ?? type})`
    : `CAST('${value.replaceAll("'", "''")}' AS ${DUCK[type] ?? type})`;

/** The texts that `latestTexts` gives are exactly what encoding the rows of `latest` gives. */
export function textConformance(subject: () => OfflineEngine): void {
  describe("latest rows as texts", () => {
    test("random history: the same rows as `latest`, in one order of keys that can be taken up anywhere", async () => {
      await fc.assert(
        fc.asyncProperty(scenario, fc.nat(), async (given, cut) => {
          const engine = subject();
          const table = await tableOf(engine, scenarioShape(given), commitsOf(oracleRows(given), given));
          const texts = await textsOf(engine, { table });
          expect([...texts].sort(byKey)).toEqual(await encodedLatest(engine, table));
          const last = cut % texts.length;
          const after = texts[last]?.key ?? [];
          if (after.length > 0) expect(await textsOf(engine, { table, after })).toEqual(texts.slice(last + 1));
          const range = { start: at(SECOND), end: at(3 * SECOND) };
          expect((await textsOf(engine, { table, range })).sort(byKey)).toEqual(
            await encodedLatest(engine, within(table, range)),
          );
        }),
        { numRuns: 15 },
      );
    });

    test.each(TYPES)("every value of $type, alone, in an array and in a vector", async ({ type, values }) => {
      const many = fc.sample(fc.option(values, { freq: 12 }), { numRuns: 400, seed: 5 });
      const lists = many.map((_, i) => many.slice(i, i + (i % 4)));
      const shape: Shape = {
        keys: [{ name: "k", type: "INT64" }],
        eventTime: "event_time",
        createdTime: null,
        features: [
          { name: "one", type },
          { name: "some", type: `${type}[]` },
          { name: "two", type: `${type}[2]` },
        ],
      };
      const list = (items: (string | null)[], suffix: string): string =>
        `CAST([${items.map((item) => literal(item, type)).join(", ")}] AS ${DUCK[type] ?? type}[${suffix}])`;
      const rows = many.map((value, i) => {
        const two = i % 5 === 0 ? "NULL" : list([value, many[i - 1] ?? null], "2");
        const some = i % 7 === 0 ? "NULL" : list(lists[i] ?? [], "");
        return `SELECT ${i}::BIGINT AS k, TIMESTAMPTZ '2001-01-01' AS event_time, ${literal(value, type)} AS one, ${some} AS some, ${two} AS two`;
      });
      const sql = rows.join(" UNION ALL ");
      const file = await subject().append({ query: { sql, inputs: [] }, shape, folder: "data/texts" });
      if (!file) throw new Error("expected a file");
      const table = { shape, files: [{ ...file, commitSequence: 7, committedAt: second(0) }] };
      const texts = await textsOf(subject(), { table });
      expect(texts.sort(byKey)).toEqual(await encodedLatest(subject(), table));
      expect(texts).toHaveLength(many.length);
    });

    test("keys of every type, composite and odd ones, in an order that can be taken up after each", async () => {
      const keys = ["INT32", "INT64", "STRING", "BOOL", "DATE", "TIMESTAMP"].map((type) => ({
        name: `k${type.toLowerCase()}`,
        type,
      }));
      const shape: Shape = {
        keys,
        eventTime: "event_time",
        createdTime: null,
        features: [{ name: "v", type: "INT64" }],
      };
      const odd = ["", "a", "b", "aa", "Z", "é", '"', "\\", "漢", "x|y", "👩"];
      const rows = odd.map((one, i) => {
        const values = [
          String(i % 2),
          String(2n ** 53n + BigInt(i)),
          one,
          String(i % 2 === 0),
          "2001-01-01",
          second(i),
        ];
        return `SELECT ${keys.map(({ name, type }, j) => `${literal(values[j] ?? null, type)} AS ${name}`).join(", ")}, TIMESTAMPTZ '2001-01-01' AS event_time, ${i}::BIGINT AS v`;
      });
      const file = await subject().append({
        query: { sql: rows.join(" UNION ALL "), inputs: [] },
        shape,
        folder: "data/texts",
      });
      if (!file) throw new Error("expected a file");
      const table = { shape, files: [{ ...file, commitSequence: 1, committedAt: second(0) }] };
      const texts = await textsOf(subject(), { table });
      expect([...texts].sort(byKey)).toEqual(await encodedLatest(subject(), table));
      for (const [i, { key }] of texts.entries())
        expect(await textsOf(subject(), { table, after: [...key] })).toEqual(texts.slice(i + 1));
    });

    test.each([3, 60, 300])("%i columns, and rows of 1 to 300,000 characters", async (width) => {
      const wide = Math.floor(width / 2);
      const features = Array.from({ length: width }, (_, i) => ({
        name: `f${i}`,
        type: i === wide ? "STRING" : "INT64",
      }));
      const shape: Shape = {
        keys: [{ name: "k", type: "INT64" }],
        eventTime: "event_time",
        createdTime: null,
        features,
      };
      const list = features.map(({ name }, i) =>
        i === wide ? `repeat('x', n) AS ${name}` : `(n + ${i})::BIGINT AS ${name}`,
      );
      const sql = `SELECT n::BIGINT AS k, TIMESTAMPTZ '2001-01-01' AS event_time, ${list.join(", ")} FROM (VALUES (1), (60), (4090), (70000), (262140), (300000)) t(n)`;
      const file = await subject().append({ query: { sql, inputs: [] }, shape, folder: "data/texts" });
      if (!file) throw new Error("expected a file");
      const table = { shape, files: [{ ...file, commitSequence: 1, committedAt: second(0) }] };
      expect((await textsOf(subject(), { table })).sort(byKey)).toEqual(await encodedLatest(subject(), table));
    });
  });
}
