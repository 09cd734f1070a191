import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrainingSet } from "@/lib/datasets/create-training-set";
import { CreateTrainingSet } from "@/lib/datasets/training-schema";
import { getFeature } from "@/lib/registry/get-feature";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, consumer, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { errorOf, execute, refresh } from "@/lib/testing/runs";
import { getFeatureLineage } from "./get-feature-lineage";
import { getLineage } from "./get-lineage";
import { FeatureLineage, GetLineage } from "./schema";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "raw", "driver,event_timestamp,n\n1,2024-01-01,1\n2,2024-01-02,2\n"),
    { kind: "source", name: "clean", sql: "SELECT * FROM raw WHERE n > 0" },
    group("base", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, n AS a, n AS b FROM clean",
      features: { a: "INT64", b: "INT64" },
    }),
    group("derived", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, a AS c FROM base",
      features: { c: "INT64" },
    }),
    view(
      "model",
      [
        { group: "base", features: ["a"] },
        { group: "derived", features: ["c"] },
      ],
      {
        spine: { sql: "SELECT driver, event_timestamp FROM raw" },
      },
    ),
    consumer("dispatcher", { owner: "ops", views: ["model"], features: ["base@1:b", "derived:c"] }),
  );
  await refresh(ctx);
  const { run } = await createTrainingSet(ctx, CreateTrainingSet.parse({ name: "set_one", view: "model" }));
  await execute(ctx, run.id);
});
afterAll(closeContexts);

const EDGES = [
  "feature:base:a->feature_view:model",
  "feature:base:b->consumer:dispatcher",
  "feature:derived:c->consumer:dispatcher",
  "feature:derived:c->feature_view:model",
  "feature_group:base->feature:base:a",
  "feature_group:base->feature:base:b",
  "feature_group:base->feature_group:derived",
  "feature_group:derived->feature:derived:c",
  "feature_view:model->consumer:dispatcher",
  "feature_view:model->training_set:set_one",
  "source:clean->feature_group:base",
  "source:raw->source:clean",
  // The training set's spine read it.
  "source:raw->training_set:set_one",
];

describe("getLineage", () => {
  test("draws the project from its sources to its training sets", async () => {
    const graph = await getLineage(ctx, GetLineage.parse({}));
    expect(graph.edges.map((edge) => edge.id).sort()).toEqual(EDGES);
    expect(graph.statistics).toEqual({ total_nodes: 10, total_edges: 13 });
    const facts = Object.fromEntries(graph.nodes.map((node) => [node.id, node]));
    expect(facts["source:raw"]).toMatchObject({ kind: "source", rowCount: 2 });
    expect(facts["feature_group:base"]).toMatchObject({ rowCount: 2, lastEventTime: "2024-01-02T00:00:00.000000Z" });
    expect(facts["feature:base:a"]).toMatchObject({ group: "base", status: "ACTIVE" });
    expect(facts["consumer:dispatcher"]).toMatchObject({ kind: "consumer", owner: "ops" });
    expect(facts["training_set:set_one"]).toMatchObject({ status: "READY", rowCount: 2 });
  });

  test.each([
    ["upstream", 1, ["feature:derived:c", "feature_group:derived"]],
    ["upstream", 9, ["feature:derived:c", "feature_group:base", "feature_group:derived", "source:clean", "source:raw"]],
    ["downstream", 1, ["consumer:dispatcher", "feature:derived:c", "feature_view:model"]],
    ["downstream", 9, ["consumer:dispatcher", "feature:derived:c", "feature_view:model", "training_set:set_one"]],
    ["both", 1, ["consumer:dispatcher", "feature:derived:c", "feature_group:derived", "feature_view:model"]],
  ] as const)("a feature %s, %i deep", async (direction, depth, expected) => {
    const graph = await getFeatureLineage(ctx, FeatureLineage.parse({ feature_name: "c", direction, depth }));
    expect(graph.nodes.map((node) => node.id).sort()).toEqual(expected);
    expect(await getLineage(ctx, GetLineage.parse({ node: "feature:derived:c", direction, depth }))).toEqual(graph);
  });

  const columnsOf = async (node: string, direction: string, depth: number): Promise<string[]> =>
    (await getLineage(ctx, GetLineage.parse({ node, direction, depth }))).columns.map(
      (edge) => `${edge.from}.${edge.fromColumn} > ${edge.to}.${edge.toColumn}`,
    );
  const C_FROM_A = "feature:base:a.a > feature:derived:c.c";
  test.each([
    ["feature:derived:c", "upstream", 1, [C_FROM_A]],
    [
      "feature:derived:c",
      "upstream",
      9,
      [C_FROM_A, "source:clean.n > feature:base:a.a", "source:raw.n > source:clean.n"],
    ],
    ["feature:base:a", "downstream", 9, [C_FROM_A]],
    [
      "feature_group:base",
      "both",
      1,
      ["source:clean.n > feature:base:a.a", "source:clean.n > feature:base:b.b", C_FROM_A],
    ],
    ["source:clean", "downstream", 1, ["source:clean.n > feature:base:a.a", "source:clean.n > feature:base:b.b"]],
    ["consumer:dispatcher", "both", 9, []],
  ])("columns of %s %s, %i deep", async (node, direction, depth, expected) => {
    expect((await columnsOf(node, direction, depth)).sort()).toEqual([...expected].sort());
  });

  test("a feature knows where its data begins", async () => {
    expect(await getFeature(ctx, { reference: "c" })).toMatchObject({
      madeFrom: [{ name: "base", column: "a" }],
      sourceColumns: [{ name: "raw", column: "n" }],
    });
  });

  test("what reads a changed source is looked at again; a change of words keeps what is known", async () => {
    const other = await inNewProject(ctx);
    const columns = async (): Promise<unknown> => (await getFeature(other, { reference: "x" })).sourceColumns;
    const source = (sql: string, description = ""): Parameters<typeof apply>[1] => ({
      kind: "source",
      name: "s",
      sql,
      description,
    });
    const one = group("one", { entity: "e", sql: "SELECT * FROM s", features: { x: "INT32" } });
    const sql = "SELECT 1 AS k, now() AS event_timestamp, a AS x FROM t";
    await apply(other, entity("e", { k: "INT32" }), await csvSource(other, "t", "a,b\n1,2\n"), source(sql), one);
    expect(await columns()).toEqual([{ name: "t", column: "a" }]);
    await apply(other, source(sql, "in other words"));
    expect(await columns()).toEqual([{ name: "t", column: "a" }]);
    await apply(other, source(sql.replace("a AS x", "a + b AS x")));
    expect(await columns()).toEqual([
      { name: "t", column: "a" },
      { name: "t", column: "b" },
    ]);
    await apply(other, { ...one, sql: "SELECT k, event_timestamp, 1 AS x FROM s" } as typeof one);
    expect(await columns()).toEqual([]);
  });

  test("columns of a view are features, or computed of them; request data come from nowhere", async () => {
    const other = await inNewProject(ctx);
    await apply(
      other,
      entity("e", { k: "INT32" }),
      await csvSource(other, "t", "k,event_timestamp,a,b\n1,2024-01-01,1,2\n"),
      group("g", { entity: "e", sql: "SELECT k, event_timestamp, a, b FROM t", features: { a: "INT64", b: "INT64" } }),
      view("v", [{ group: "g", prefix: "own", features: ["a", "b"] }], {
        requestData: { sent: "INT64" },
        onDemand: {
          total: { expression: "own__a + own__b + sent" },
          more: { expression: "total + 1" },
          one: { expression: "1" },
        },
      }),
    );
    const columns = async (rest: object): Promise<string[]> => {
      const graph = await getLineage(other, GetLineage.parse({ node: "feature_view:v", ...rest }));
      return graph.columns
        .map(({ from, fromColumn, to, toColumn }) => `${from}.${fromColumn} ${to}.${toColumn}`)
        .sort();
    };
    const own = [
      "feature:g:a.a feature_view:v.more",
      "feature:g:a.a feature_view:v.own__a",
      "feature:g:a.a feature_view:v.total",
      "feature:g:b.b feature_view:v.more",
      "feature:g:b.b feature_view:v.own__b",
      "feature:g:b.b feature_view:v.total",
    ];
    expect(await columns({ direction: "upstream", depth: 1 })).toEqual(own);
    expect(await columns({ depth: 5 })).toEqual([...own, "source:t.a feature:g:a.a", "source:t.b feature:g:b.b"]);
    expect(await columns({ direction: "downstream" })).toEqual([]);
  });

  test("knows nothing of other projects", async () => {
    const other = await inNewProject(ctx);
    expect((await getLineage(other, GetLineage.parse({}))).statistics).toEqual({ total_nodes: 0, total_edges: 0 });
  });

  test.each([
    ["feature:base:nope", "not_found"],
    ["nonsense", "not_found"],
  ])("%s -> %s", async (node, code) => {
    expect((await errorOf(getLineage(ctx, GetLineage.parse({ node })))).code).toBe(code);
  });
  test("an unknown feature is feature_not_found", async () => {
    expect((await errorOf(getFeatureLineage(ctx, FeatureLineage.parse({ feature_name: "nope" })))).code).toBe(
      "feature_not_found",
    );
  });
});
