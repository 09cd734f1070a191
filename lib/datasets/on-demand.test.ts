import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expressions } from "@/lib/compute/expression/expression-fixture";
import type { Value } from "@/lib/kernel/values";
import { readFeatures } from "@/lib/serving/read-features";
import { ReadFeatures } from "@/lib/serving/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { errorOf, execute, refresh } from "@/lib/testing/runs";
import { createTrainingSet } from "./create-training-set";
import { getHistoricalFeatures } from "./get-historical-features";
import { getTrainingSet } from "./get-training-set";
import { previewRetrieval } from "./preview-retrieval";
import { previewTrainingSet } from "./preview-training-set";
import { readViewData } from "./read-view-data";
import { requestVerification } from "./request-verification";
import { HistoricalFeatures, ReadViewData } from "./schema";
import { CreateTrainingSet, type Manifest, PreviewRetrieval } from "./training-schema";

const TRIPS = [
  "driver,event_timestamp,trips,rating",
  "1,2026-01-10 00:00:00,10,4.5",
  "1,2026-01-12 00:00:00,20,",
  "2,2026-01-10 00:00:00,9007199254740993,2.0",
].join("\n");

let ctx: TestContext;

const scored = (next = "trips + 1"): ReturnType<typeof view> =>
  view("scored", [{ group: "stats", features: ["trips", "rating"] }], {
    spine: { sql: "SELECT driver, event_timestamp, amount, late FROM labels", label: "late" },
    requestData: { amount: "FLOAT64" },
    onDemand: {
      next: { expression: next },
      worth: { expression: "coalesce(rating, 1) * amount" },
      words: { expression: "concat('n', cast(next as STRING))" },
    },
  });

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "trip_rows", TRIPS),
    await csvSource(
      ctx,
      "labels",
      "driver,event_timestamp,amount,late\n2,2026-01-11,1.5,1\n1,2026-01-11,2.5,0\n1,2026-01-13,,1\n",
    ),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, trips, rating, event_timestamp FROM trip_rows",
      features: { trips: "INT64", rating: "FLOAT64" },
    }),
    scored(),
  );
  await refresh(ctx);
}, 60_000);
afterAll(closeContexts);

async function build(input: { name: string } & Record<string, unknown>): Promise<Manifest> {
  const { run } = await createTrainingSet(ctx, CreateTrainingSet.parse(input));
  const done = await execute(ctx, run.id);
  expect({ state: done.state, error: done.error }).toEqual({ state: "SUCCEEDED", error: null });
  const { manifest } = await getTrainingSet(ctx, { name: input.name });
  if (!manifest) throw new Error("no manifest");
  return manifest;
}

describe("a training set", () => {
  let manifest: Manifest;
  beforeAll(async () => {
    manifest = await build({ name: "scored_1", view: "scored" });
  });

  test("has what the view computes after its features, in spine order", async () => {
    const { columns, rows } = await previewTrainingSet(ctx, { name: "scored_1", limit: 10 });
    expect(columns.map(({ name, type }) => `${name} ${type}`).slice(4)).toEqual([
      "trips INT64",
      "rating FLOAT64",
      "next INT64",
      "words STRING",
      "worth FLOAT64",
    ]);
    const byDriver = rows.map((row) => [row[0], ...row.slice(4)]);
    expect(byDriver).toHaveLength(3);
    expect(byDriver).toEqual(
      expect.arrayContaining([
        [2, "9007199254740993", 2, "9007199254740994", "n9007199254740994", 3],
        [1, 10, 4.5, 11, "n11", 11.25],
        [1, 20, null, 21, "n21", null],
      ]),
    );
    expect(manifest.nullCounts).toMatchObject({ next: 0, worth: 1 });
  });

  test("records what was computed and is built again to the same rows, also when the view has changed", async () => {
    expect(manifest.onDemand).toMatchObject({
      requestData: [{ name: "amount", type: "FLOAT64" }],
      columns: [{ name: "next", type: "INT64", expression: "trips + 1" }, { name: "words" }, { name: "worth" }],
    });
    await apply(ctx, scored("trips + 2"));
    const { run } = await requestVerification(ctx, { name: "scored_1" });
    expect((await execute(ctx, run.id)).result).toMatchObject({ matches: true });
    await apply(ctx, scored());
  });

  test("is divided and filled like any other; expressions see defaults", async () => {
    const parts = [
      { name: "train", share: 0.5 },
      { name: "test", share: 0.5 },
    ];
    const made = await build({
      name: "scored_2",
      view: "scored",
      fillNull: { rating: 10 },
      split: { by: "hash", parts },
    });
    expect(made.columns.map(({ name }) => name).slice(-2)).toEqual(["worth", "split"]);
    const { columns, rows } = await previewTrainingSet(ctx, { name: "scored_2", limit: 10 });
    const [amount, rating, worth] = ["amount", "rating", "worth"].map((name) =>
      columns.findIndex((one) => one.name === name),
    );
    for (const row of rows)
      expect(row[worth ?? -1]).toEqual(
        row[amount ?? -1] === null ? null : Number(row[rating ?? -1]) * Number(row[amount ?? -1]),
      );
  });

  test.each<[rows: Record<string, Value>[], code: string, words: RegExp]>([
    [
      [{ driver: 1, event_timestamp: "2026-01-11" }],
      "missing_request_data",
      /no column amount, a FLOAT64 of request data/,
    ],
    [
      [{ driver: 1, event_timestamp: "2026-01-11", amount: "2" }],
      "invalid_type",
      /row 1: request data amount is "2", not FLOAT64/,
    ],
    [[{ driver: 1, event_timestamp: "2026-01-11", amount: 1, next: 1 }], "feature_name_collision", /next/],
  ])("rows %j are refused", async (rows, code, words) => {
    const error = await errorOf(build({ name: "refused", view: "scored", spine: { rows } }));
    expect(error.code).toBe(code);
    expect(error.detail).toMatch(words);
    const preview = previewRetrieval(ctx, PreviewRetrieval.parse({ view: "scored", spine: { rows } }));
    expect((await errorOf(preview)).code).toBe(code);
  });

  test("request data of SQL are of their types without loss", async () => {
    const spine = (amount: string): object => ({
      sql: `SELECT driver, event_timestamp, ${amount} AS amount FROM labels`,
    });
    const cast = await build({ name: "scored_3", view: "scored", spine: spine("CAST(late AS INTEGER)") });
    expect(cast.columns.find(({ name }) => name === "amount")?.type).toBe("INT32");
    const { run } = await createTrainingSet(
      ctx,
      CreateTrainingSet.parse({ name: "bad", view: "scored", spine: spine("'x' || late") }),
    );
    expect((await execute(ctx, run.id)).error).toMatchObject({ code: "invalid_type" });
  });

  test("a preview shows it", async () => {
    const { columns, nullCounts } = await previewRetrieval(ctx, PreviewRetrieval.parse({ view: "scored" }));
    expect(columns.map(({ name }) => name)).toContain("worth");
    expect(nullCounts.worth).toBe(1);
  });
});

describe("historical features and data of a view", () => {
  const ask = (rest: object): ReturnType<typeof getHistoricalFeatures> =>
    getHistoricalFeatures(ctx, HistoricalFeatures.parse({ view: "scored", ...rest }));

  test("rows with request data", async () => {
    const rows = [
      { driver: 1, event_timestamp: "2026-01-11", amount: 2 },
      { driver: 9, event_timestamp: "2026-01-11", amount: 2 },
    ];
    const answer = await ask({ entity_df: rows });
    expect(answer.rows).toMatchObject([
      { next: 11, words: "n11", worth: 9 },
      { next: null, words: "n", worth: 2 },
    ]);
    expect(answer.metadata.null_counts).toMatchObject({ next: 1, worth: 0 });
    const without = ask({ entity_df: [{ driver: 1, event_timestamp: "2026-01-11" }] });
    expect((await errorOf(without)).code).toBe("missing_request_data");
  });

  test("without rows that bring them, what needs request data is left out", async () => {
    const range = await ask({ timestamp_range: { start: "2026-01-01", end: "2026-02-01" } });
    expect(range.columns).toEqual(["driver", "event_timestamp", "trips", "rating", "next", "words"]);
    expect(range.rows).toMatchObject([{ next: 11 }, { next: "9007199254740994" }, { next: 21 }]);
    const data = await readViewData(ctx, ReadViewData.parse({ name: "scored" }));
    expect(data.columns.map(({ name }) => name)).toEqual([
      "driver",
      "event_timestamp",
      "trips",
      "rating",
      "next",
      "words",
    ]);
    expect(data.rows.map((row) => row.slice(-2))).toEqual([
      [21, "n21"],
      ["9007199254740994", "n9007199254740994"],
    ]);
    const before = await readViewData(ctx, ReadViewData.parse({ name: "scored", end: "2020-01-01" }));
    expect(before.columns.map(({ name }) => name)).toEqual(data.columns.map(({ name }) => name));
  });
});

describe("online and in a training set", () => {
  const FEATURES = {
    i: "INT64",
    j: "INT32",
    x: "FLOAT64",
    y: "FLOAT64",
    s: "STRING",
    b: "BOOL",
    t: "TIMESTAMP",
    d: "DATE",
  };
  const SENT = { m: "DECIMAL(10,2)", l: "INT64[]", v: "FLOAT64[2]" };
  const rows = [
    "1,9007199254740993,-5,0.1,NaN,Ab 😀,true,1969-12-31 23:59:59.999999,2000-02-29",
    "2,,2147483647,-0.0,1e308,'q',false,2026-01-01,",
    '3,-9223372036854775808,0,,-inf,"x, ""y""",,,1999-12-31',
    "4,42,7,5e-324,2.5,,true,2001-06-30 12:00:00,2001-07-01",
  ];
  const requests = [
    { m: "12.50", l: [1, "9007199254740993", null], v: [0.1, 2] },
    { m: null, l: null, v: null },
    { m: "-0.5", l: [], v: ["NaN", 1] },
    { m: "3", l: [7], v: [null, 1] },
  ];

  test("the same expressions give the same values", async () => {
    const texts = fc
      .sample(fc.oneof(...Object.values(expressions(3))), { numRuns: 150, seed: 7 })
      .filter((text) => text.length < 4000 && !/^null$/i.test(text));
    const names = Object.keys(FEATURES);
    const onDemand = Object.fromEntries(texts.map((text, n) => [`e${n}`, { expression: `coalesce(${text}, null)` }]));
    const sound = Object.fromEntries(
      Object.entries(onDemand).filter(([, { expression }]) => !/coalesce\(null, null\)/.test(expression)),
    );
    const csv = [
      `key,event_timestamp,${names.join(",")}`,
      ...rows.map((row) => row.replace(",", ",2026-01-01 00:00:00,")),
    ].join("\n");
    await apply(
      ctx,
      entity("thing", { key: "INT64" }),
      await csvSource(ctx, "thing_rows", csv),
      group("things", {
        entity: "thing",
        sql: `SELECT key, event_timestamp, ${Object.entries(FEATURES)
          .map(([name, type]) => `CAST(${name} AS ${DUCK[type]}) AS ${name}`)
          .join(", ")} FROM thing_rows`,
        features: FEATURES,
      }),
      view("random", [{ group: "things", features: names }], { requestData: SENT, onDemand: { ...sound, ...PLAIN } }),
    );
    await refresh(ctx, ["things"]);
    const ids = [1, 2, 3, 4, 99];
    const data = [...requests, requests[0]];
    const { results } = (await readFeatures(
      ctx,
      ReadFeatures.parse({ view: "random", entity_ids: ids, request_data: data, answer: "values" }),
    )) as unknown as { results: { features: Record<string, Value> }[] };
    const spine = ids.map((key, at) => ({ key, event_timestamp: "2026-01-02", ...data[at] }));
    const manifest = await build({ name: "random_1", view: "random", spine: { rows: spine } });
    const { columns, rows: built } = await previewTrainingSet(ctx, { name: "random_1", limit: 10 });
    expect(manifest.rowCount).toBe(5);
    const key = columns.findIndex(({ name }) => name === "key");
    const computed = [...Object.keys(sound), ...Object.keys(PLAIN)];
    expect(computed.length).toBeGreaterThan(100);
    for (const [at, id] of ids.entries()) {
      const row = built.find((one) => one[key] === id) ?? [];
      for (const name of computed) {
        const place = columns.findIndex((column) => column.name === name);
        const why = `${name} of ${id}: ${sound[name]?.expression}`;
        expect([row[place] ?? null, why]).toEqual([results[at]?.features[name] ?? null, why]);
      }
    }
  }, 120_000);
});

const DUCK: Record<string, string> = {
  INT64: "BIGINT",
  INT32: "INTEGER",
  FLOAT64: "DOUBLE",
  STRING: "VARCHAR",
  BOOL: "BOOLEAN",
  TIMESTAMP: "TIMESTAMPTZ",
  DATE: "DATE",
};
/** Every type as it comes. */
const PLAIN = Object.fromEntries([..."ijxysbtdmlv"].map((name) => [`same_${name}`, { expression: name }]));
