import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrainingSet } from "@/lib/datasets/create-training-set";
import { downloadTrainingSet } from "@/lib/datasets/download-training-set";
import { getHistoricalFeatures } from "@/lib/datasets/get-historical-features";
import { previewSql } from "@/lib/datasets/preview-sql";
import { previewTrainingSet } from "@/lib/datasets/preview-training-set";
import { readRows } from "@/lib/datasets/read-rows";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { HistoricalFeatures, ReadRows } from "@/lib/datasets/schema";
import { CreateTrainingSet, type Manifest, PreviewTrainingSet } from "@/lib/datasets/training-schema";
import { getFeature } from "@/lib/registry/get-feature";
import { listFeatures } from "@/lib/registry/list-features";
import { ListFeatures } from "@/lib/registry/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf, execute, refresh } from "@/lib/testing/runs";
import { lookUpEntity } from "./look-up-entity";
import { readFeature } from "./read-feature";
import { readFeatures } from "./read-features";
import { ReadFeatures } from "./schema";

// The value 4711 belongs to a personal feature; nobody but a sensitive reader may see it, in whatever answer.
const CANARY = "4711";
let ctx: TestContext;
let reader: TestContext;
let sensitive: TestContext;
let scoped: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(
      ctx,
      "rows",
      `driver,event_timestamp,trips,salary\n1,2026-01-01,3,${CANARY}\n2,2026-01-01,5,${CANARY}\n`,
    ),
    group("pay", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips, salary FROM rows",
      features: { trips: "INT64", salary: { type: "INT64", status: "ACTIVE", sensitivity: "personal", default: 4711 } },
    }),
  );
  await refresh(ctx);
  const actor = { kind: "user", id: "u", name: "Vera", role: "scientist" } as const;
  reader = { ...ctx, actor };
  sensitive = { ...ctx, actor: { ...actor, sensitive: true } };
  scoped = { ...ctx, actor: { ...actor, sensitive: true, scopes: ["online:read", "data:read", "catalog:read"] } };
});
afterAll(closeContexts);

const spine = [{ driver: 1, event_timestamp: "2026-01-02" }];

describe("online", () => {
  test("a personal value is MASKED, with its time, and comes to sensitive readers as it is", async () => {
    const masked = await readFeature(reader, { feature_name: "salary", entity_id: "1" });
    expect(masked).toMatchObject({ value: null, status: "MASKED", event_time: expect.stringMatching(/^2026-01-01T/) });
    expect(await readFeature(sensitive, { feature_name: "salary", entity_id: "1" })).toMatchObject({ value: 4711 });
  });

  test("a token without sensitive:read sees no more, whoever owns it", async () => {
    expect(await readFeature(scoped, { feature_name: "salary", entity_id: "1" })).toMatchObject({ status: "MASKED" });
  });

  test("neither a batch nor the look-up shows it", async () => {
    const batch = await readFeatures(reader, ReadFeatures.parse({ entity_ids: [1, 2], features: ["salary", "trips"] }));
    const lookUp = await lookUpEntity(reader, { name: "driver", key: "1" });
    expect(JSON.stringify([batch, lookUp])).not.toContain(CANARY);
    expect(JSON.stringify(batch)).toContain('"value":3');
  });
});

describe("offline", () => {
  test("historical values are refused, naming the feature", async () => {
    const input = HistoricalFeatures.parse({ entity_df: spine, features: ["trips", "salary"] });
    const error = await errorOf(getHistoricalFeatures(reader, input));
    expect(error.code).toBe("forbidden");
    expect(error.detail).toContain("pay:salary");
    const token = await errorOf(getHistoricalFeatures(scoped, input));
    expect(token.code).toBe("insufficient_scope");
    expect((await getHistoricalFeatures(sensitive, input)).rows[0]?.salary).toBe(4711);
  });

  test("rows come with the column masked", async () => {
    const answer = await readRows(reader, ReadRows.parse({ name: "pay" }));
    expect(answer.masked).toEqual(["salary"]);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    expect(JSON.stringify(await readRows(sensitive, ReadRows.parse({ name: "pay" })))).toContain(CANARY);
  });

  test("nobody gets at it through the SQL of a spine", async () => {
    const sql = "SELECT driver, event_timestamp, salary AS label FROM pay";
    const input = CreateTrainingSet.parse({ name: "around", features: ["trips"], spine: { sql } });
    expect((await errorOf(createTrainingSet(reader, input))).code).toBe("forbidden");
  });

  test("nor through the source under it", async () => {
    const sql = "SELECT driver, event_timestamp, salary AS label FROM rows";
    const input = CreateTrainingSet.parse({ name: "under", features: ["trips"], spine: { sql } });
    const error = await errorOf(createTrainingSet(reader, input));
    expect([error.code, error.detail]).toEqual(["forbidden", expect.stringContaining("source:rows")]);
    const { run } = await createTrainingSet(sensitive, input);
    expect((await execute(ctx, run.id)).state).toBe("SUCCEEDED");
    expect((await errorOf(downloadTrainingSet(reader, { name: "under" }))).code).toBe("forbidden");
  });

  test("a training set stays for sensitive readers when what it was made from is gone", async () => {
    const { manifest } = await ctx.db.trainingSet.findFirstOrThrow({ where: { name: "under" } });
    const ask = PreviewTrainingSet.parse({ name: "under" });
    const { personal, ...old } = manifest as Manifest;
    expect(personal).toBe(true);
    const keep = (changed: object) =>
      ctx.db.trainingSet.updateMany({
        where: { name: "under" },
        data: { manifest: { ...old, inputs: {}, ...changed } },
      });
    await keep({ personal });
    expect((await errorOf(previewTrainingSet(reader, ask))).code).toBe("forbidden");
    const features = [{ ...old.features[0], group: "lost", reference: "lost@1:trips" }];
    await keep({ features });
    expect((await errorOf(previewTrainingSet(reader, ask))).detail).toContain("lost@1:trips");
    await keep({ features, personal: false });
    expect((await previewTrainingSet(reader, ask)).rows).toHaveLength(2);
    await keep({});
    expect((await previewTrainingSet(reader, ask)).rows).toHaveLength(2);
  });

  test("a training set that holds it is for sensitive readers only", async () => {
    const input = CreateTrainingSet.parse({ name: "paid", features: ["salary"], spine: { rows: spine } });
    expect((await errorOf(createTrainingSet(reader, input))).code).toBe("forbidden");
    const { run } = await createTrainingSet(sensitive, input);
    expect((await execute(ctx, run.id)).state).toBe("SUCCEEDED");
    const preview = PreviewTrainingSet.parse({ name: "paid" });
    expect((await errorOf(previewTrainingSet(reader, preview))).code).toBe("forbidden");
    expect((await errorOf(downloadTrainingSet(reader, { name: "paid" }))).code).toBe("forbidden");
    expect(JSON.stringify(await previewTrainingSet(sensitive, preview))).toContain(CANARY);
  });
});

describe("catalog", () => {
  test("statistics say how many, not what", async () => {
    const [detail, list] = [
      await getFeature(reader, { reference: "salary" }),
      await listFeatures(reader, ListFeatures.parse({})),
    ];
    expect(JSON.stringify([detail, list])).not.toContain(CANARY);
    expect(detail).toMatchObject({
      masked: true,
      default: null,
      statistics: { count: 2, nulls: 0, min: null, topValues: null },
    });
    const open = await getFeature(sensitive, { reference: "salary" });
    expect(open).toMatchObject({ masked: false, default: 4711, statistics: { min: 4711 } });
  });
});

describe("what is not served", () => {
  const status = (name: string, to: string) =>
    ctx.db.feature.updateMany({ where: { projectId: ctx.project.id, name }, data: { status: to } });
  const scopes = ["data:read", "catalog:read", "definitions:write", "training-sets:write"];
  const token = (...more: string[]): TestContext => ({
    ...sensitive,
    actor: { ...sensitive.actor, role: "engineer", scopes: [...scopes, "sensitive:read", ...more] },
  });
  const read = (who: TestContext) => readRows(who, ReadRows.parse({ name: "pay" }));

  test("rows of DRAFT features are for who may read drafts, of RETIRED ones for nobody", async () => {
    await status("trips", "DRAFT");
    expect((await read(token())).masked).toEqual(["trips"]);
    expect(JSON.stringify((await read(token())).rows)).toContain(CANARY);
    expect((await read(token("drafts:read"))).masked).toBeUndefined();
    await status("trips", "RETIRED");
    const retired = await read(token("drafts:read"));
    const index = retired.columns.findIndex((column) => column.name === "trips");
    expect([retired.masked, retired.rows.map((row) => row[index])]).toEqual([["trips"], [null, null]]);
    await status("trips", "ACTIVE");
  });

  test("SQL reads a group with DRAFT features for who may read drafts", async () => {
    await status("trips", "DRAFT");
    const error = await errorOf(previewSql(token(), { sql: "FROM pay", limit: 5 }));
    expect([error.code, error.detail]).toEqual(["insufficient_scope", expect.stringContaining("pay:trips")]);
    expect((await previewSql(token("drafts:read"), { sql: "FROM pay", limit: 5 })).rows).toHaveLength(2);
    await status("trips", "ACTIVE");
  });
});

describe("runs", () => {
  test("that fail do not say what a row holds", async () => {
    const project = await inNewProject(ctx);
    await apply(
      project,
      entity("driver", { driver: "INT64" }),
      await csvSource(project, "people", "driver,event_timestamp,ssn\n1,2026-01-01,078-05-1120\n"),
      group("parsed", {
        entity: "driver",
        sql: "SELECT driver, event_timestamp, CAST(ssn AS INT) AS ssn FROM people",
        features: { ssn: { type: "INT32", sensitivity: "personal" } },
      }),
    );
    const { run } = await refreshFeatures(project, {});
    const done = await execute(project, run.id);
    expect(done.state).toBe("FAILED");
    expect(JSON.stringify(done)).not.toContain("078-05");
    expect(done.error?.detail).toContain("INT32");
  });
});
