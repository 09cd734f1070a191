import { afterAll, beforeAll, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, view } from "@/lib/testing/definitions";
import { refresh } from "@/lib/testing/runs";
import { expectProblem, testApp } from "./test-app";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rows", "driver,event_timestamp,trips\n1,2026-01-10,10\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, trips, event_timestamp FROM rows",
      features: { trips: "INT64" },
    }),
    view("scored", [{ group: "stats", features: ["trips"] }], {
      requestData: { factor: "FLOAT64" },
      onDemand: { next: { expression: "trips + 1" }, worth: { expression: "trips * factor" } },
    }),
  );
  await refresh(ctx);
}, 60_000);
afterAll(closeContexts);

const online = (rest: object) => app.send("/features/batch", { body: { view: "scored", entity_ids: [1], ...rest } });

test("a view is read online with what it computes", async () => {
  const { status, json } = await online({ request_data: { factor: 2 }, answer: "values" });
  expect([status, json.results]).toEqual([200, [{ entity_id: 1, features: { trips: 10, next: 11, worth: 20 } }]]);
});

test("what is wrong with request data is told", async () => {
  expectProblem(await online({}), 422, "missing_request_data");
  expectProblem(await online({ request_data: { factor: "2" } }), 422, "invalid_type");
  expectProblem(await online({ request_data: { factor: 2, other: 1 } }), 422, "unknown_field");
  const rows = [{ driver: 1, event_timestamp: "2026-01-11" }];
  const historical = (entity_df: object[]) => app.send("/features/historical", { body: { view: "scored", entity_df } });
  expectProblem(await historical(rows), 422, "missing_request_data");
  expectProblem(await historical([{ ...rows[0], factor: true }]), 422, "invalid_type");
  expect((await historical([{ ...rows[0], factor: 0.5 }])).json.rows).toMatchObject([{ next: 11, worth: 5 }]);
});

test("the view tells what it computes, and its data have what nobody must send for", async () => {
  const told = (await app.send("/feature-views/scored")).json;
  expect(told).toMatchObject({
    columns: ["trips", "next", "worth"],
    requestData: [{ name: "factor", type: "FLOAT64" }],
    onDemand: [
      { name: "next", expression: "trips + 1", type: "INT64", inputs: ["trips"] },
      { name: "worth", type: "FLOAT64", inputs: ["trips", "factor"] },
    ],
  });
  const data = (await app.send("/feature-views/scored/data")).json as {
    columns: { name: string }[];
    rows: unknown[][];
  };
  expect(data.columns.map(({ name }) => name)).toEqual(["driver", "event_timestamp", "trips", "next"]);
  expect(data.rows.map((row) => row.at(-1))).toEqual([11]);
});
