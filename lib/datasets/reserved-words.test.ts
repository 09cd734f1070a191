import { afterAll, beforeAll, expect, test } from "vitest";
import { readFeatures } from "@/lib/serving/read-features";
import { ReadFeatures } from "@/lib/serving/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject, view, writeSourceFile } from "@/lib/testing/definitions";
import { refresh } from "@/lib/testing/runs";
import { getHistoricalFeatures } from "./get-historical-features";
import { readRows } from "./read-rows";
import { HistoricalFeatures, ReadRows } from "./schema";

let ctx: TestContext;

/** Words that SQL keeps for itself are names like all others. */
beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const path = await writeSourceFile(
    ctx,
    "table.csv",
    "user,event_timestamp,order,from\nu1,2024-01-01,1,x\nu1,2024-01-02,2,y\n",
  );
  await apply(
    ctx,
    entity("user", { user: "STRING" }),
    { kind: "source", name: "table", files: { format: "csv", paths: [path] } },
    { kind: "source", name: "with", sql: 'SELECT * FROM "table"' },
    group("select", {
      entity: "user",
      sql: `SELECT "user", event_timestamp, "order", "from" AS "group", "order" * 2 AS "select" FROM "with"`,
      features: { order: "INT64", group: "STRING", select: "INT64" },
    }),
    group("union", {
      entity: "user",
      sql: `SELECT "user", event_timestamp, "select" + 1 AS "where" FROM "select"`,
      features: { where: "INT64" },
    }),
    view(
      "order",
      [
        { group: "select", prefix: "all", features: ["select", "group"] },
        { group: "union", features: ["where"] },
      ],
      { spine: { sql: `SELECT "user", event_timestamp FROM "table"` } },
    ),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

test("rows", async () => {
  const { columns, rows } = await readRows(ctx, ReadRows.parse({ name: "select" }));
  expect(columns.map((column) => column.name)).toEqual(["user", "event_timestamp", "order", "group", "select"]);
  expect(rows[0]).toEqual(["u1", "2024-01-02T00:00:00.000000Z", 2, "y", 4]);
});

test("point in time", async () => {
  const entity_df = [{ user: "u1", event_timestamp: "2024-01-01T12:00:00Z", limit: 7 }];
  const asked = HistoricalFeatures.parse({ entity_df, features: ["select:order", "select:select", "union:where"] });
  const { rows } = await getHistoricalFeatures(ctx, asked);
  expect(rows).toMatchObject([{ user: "u1", limit: 7, order: 1, select: 2, where: 3 }]);
  const viewed = await getHistoricalFeatures(ctx, HistoricalFeatures.parse({ entity_df, view: "order" }));
  expect(viewed.rows).toMatchObject([{ all__select: 2, all__group: "x", where: 3 }]);
});

test("online", async () => {
  const answer = await readFeatures(
    ctx,
    ReadFeatures.parse({ entity_id: "u1", features: ["select:order", "select:group", "select:select", "union:where"] }),
  );
  expect(answer).toMatchObject({
    features: {
      "select:order": { value: 2 },
      "select:group": { value: "y" },
      "select:select": { value: 4 },
      "union:where": { value: 5 },
    },
  });
});
