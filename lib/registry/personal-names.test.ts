import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { previewSql } from "@/lib/datasets/preview-sql";
import { uploadFile } from "@/lib/datasets/upload-file";
import type { Actor } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, filesOf, group, inNewProject, type Written } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { applyDefinitions } from "./apply-definitions";
import { ListChangeRequests } from "./change-schema";
import { deleteDefinition } from "./delete-definition";
import { getChangeRequest } from "./get-change-request";
import { listChangeRequests } from "./list-change-requests";
import { listRevisions } from "./list-revisions";
import { personalNames } from "./personal-names";
import { requestChange } from "./request-change";

const sql = (columns: string, from = "rows"): string => `SELECT driver, event_timestamp, ${columns} FROM ${from}`;
const PERSONAL = { type: "INT64", sensitivity: "personal" as const };
const PAY = group("pay", {
  entity: "driver",
  sql: sql("trips, salary"),
  features: { trips: { type: "INT64" }, salary: PERSONAL },
});
const pay = (
  features: Parameters<typeof group>[1]["features"],
  from = sql(Object.keys(features).join(", ")),
): Written => group("pay", { entity: "driver", sql: from, features });
const other = (name: string, from: string, feature: object = {}): Written =>
  group(name, { entity: "driver", sql: from, features: { x: { type: "INT64", ...feature } } });

let ctx: TestContext;
let sensitive: TestContext;
const as = (role: Actor["role"], rest: Partial<Actor> = {}): TestContext => ({
  ...ctx,
  actor: { kind: "user", id: `u-${role}`, name: `A ${role}`, role, ...rest },
});

beforeEach(async () => {
  ctx = await inNewProject(await makeContext());
  sensitive = as("engineer", { sensitive: true });
  const rows = "driver,event_timestamp,trips,salary\n1,2026-01-01,3,4711\n";
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rows", rows),
    await csvSource(ctx, "open", rows),
    { kind: "source", name: "clean", sql: sql("trips AS x", "open") },
    other("tidy", "FROM clean"),
    PAY,
  );
});
afterAll(closeContexts);

const plan = (who: TestContext, ...definitions: Written[]) =>
  applyDefinitions(who, { files: filesOf(definitions), dryRun: true });
const write = (who: TestContext, ...definitions: Written[]) =>
  applyDefinitions(who, { files: filesOf(definitions), dryRun: false });

test("personal are groups with a personal feature in any version, and the sources that their SQL reads", () => {
  const one = (name: string, version: number, reads: string[], personal: string[] = []) => ({
    name,
    version,
    reads,
    personal,
  });
  const names = personalNames({
    groups: [
      one("a", 1, ["sql"], ["f"]),
      one("a", 2, ["later", "b"]),
      one("b", 1, ["under_b"]),
      one("c", 1, ["other"]),
    ],
    sources: new Map([
      ["sql", ["files"]],
      ["files", []],
      ["later", []],
      ["under_b", []],
      ["other", []],
    ]),
  });
  expect([...names].sort()).toEqual(["a", "files", "later", "sql"]);
});

test("what is personal is so under the name of another source too, also when the first reads another file by now", async () => {
  const twin = {
    ...(await csvSource(ctx, "rows", "driver,event_timestamp,trips,salary\n1,2026-01-01,3,4711\n")),
    name: "twin",
  };
  const both = plan(as("engineer"), twin, other("more", sql("salary AS x", "twin")));
  expect(await errorOf(both)).toMatchObject({ code: "forbidden", resource: "feature:more:x" });
  await write(as("engineer"), twin);
  const look = () => previewSql(as("engineer"), { sql: "SELECT salary FROM twin", limit: 5 });
  expect(await errorOf(look())).toMatchObject({ code: "forbidden", resource: "source:twin" });
  expect((await previewSql(sensitive, { sql: "SELECT salary FROM twin", limit: 5 })).rows).toEqual([[4711]]);
  const third = other("more", sql("salary AS x", "twin"));
  expect(await errorOf(plan(as("engineer"), third))).toMatchObject({ code: "forbidden" });
  expect((await previewSql(as("engineer"), { sql: "SELECT trips FROM open", limit: 5 })).rows).toEqual([[3]]);
});

test("an upload that a source named in an older revision is as personal as the source", async () => {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("driver,event_timestamp,trips,salary\n1,2026-01-01,3,4711\n");
  }
  const { path } = await uploadFile(sensitive, { name: "a.csv", format: "csv", body: body() });
  const uploaded = { kind: "source" as const, name: "rows", files: { format: "csv" as const, paths: [path] } };
  await write(sensitive, uploaded);
  await write(as("engineer"), await csvSource(ctx, "rows", "driver,event_timestamp,trips,salary\n1,2026-01-01,3,1\n"));
  await write(as("engineer"), { ...uploaded, name: "again" });
  const look = previewSql(as("engineer"), { sql: "SELECT salary FROM again", limit: 5 });
  expect(await errorOf(look)).toMatchObject({ code: "forbidden", resource: "source:again" });
});

describe("takes a sensitive reader", () => {
  const trips = { type: "INT64" };
  const cases: [string, string, () => Written[]][] = [
    ["unmarking a feature", "feature:pay:salary", () => [pay({ trips, salary: { type: "INT64" } })]],
    [
      "marking it internal",
      "feature:pay:salary",
      () => [pay({ trips, salary: { type: "INT64", sensitivity: "internal" } })],
    ],
    ["leaving it out", "feature:pay:salary", () => [pay({ trips })]],
    [
      "a new feature beside it",
      "feature:pay:y",
      () => [pay({ trips, salary: PERSONAL, y: trips }, sql("trips, salary, salary AS y"))],
    ],
    [
      "other SQL for those beside it",
      "feature:pay:trips",
      () => [pay({ trips, salary: PERSONAL }, sql("salary AS trips, salary"))],
    ],
    [
      "other SQL that lets go of the source",
      "source:rows",
      () => [pay({ trips, salary: PERSONAL }, sql("trips, salary", "open"))],
    ],
    ["a group over it", "feature:more:x", () => [other("more", sql("salary AS x", "pay"))]],
    ["a group over its source", "feature:more:x", () => [other("more", sql("salary AS x"))]],
    [
      "a group over a source over its source",
      "feature:more:x",
      () => [{ kind: "source", name: "raw", sql: "FROM rows" }, other("more", sql("salary AS x", "raw"))],
    ],
    [
      "a source under an open group that now reads it",
      "feature:tidy:x",
      () => [{ kind: "source", name: "clean", sql: sql("salary AS x") }],
    ],
  ];
  test.each(cases)("%s", async (_, resource, definitions) => {
    for (const work of [plan, write]) {
      const error = await errorOf(work(as("admin"), ...definitions()));
      expect([error.code, error.detail]).toEqual(["forbidden", expect.stringContaining(`(${resource})`)]);
    }
    await write(sensitive, ...definitions());
  });

  test("deleting the group, and bringing it back otherwise", async () => {
    expect((await errorOf(deleteDefinition(as("admin"), { kind: "feature_group", name: "pay" }))).code).toBe(
      "forbidden",
    );
    await deleteDefinition(sensitive, { kind: "feature_group", name: "pay" });
    const error = await errorOf(write(as("admin"), pay({ salary: { type: "INT64" } })));
    expect(error.detail).toContain("feature:pay:salary");
    await write(as("admin"), PAY);
  });
});

describe("takes no sensitive reader", () => {
  const cases: [string, () => Written[]][] = [
    [
      "the same again, with words changed elsewhere",
      () => [PAY, { ...other("tidy", "FROM clean"), description: "Tidy" } as Written],
    ],
    ["words", () => [{ ...PAY, description: "What drivers earn" } as Written]],
    ["marking more", () => [pay({ trips: PERSONAL, salary: PERSONAL })]],
    [
      "a group over it whose features are marked",
      () => [other("more", sql("salary AS x"), { sensitivity: "personal" })],
    ],
    ["what reads something else", () => [other("more", sql("salary AS x", "open"))]],
  ];
  test.each(cases)("%s", async (_, definitions) => {
    const { steps } = await write(as("engineer"), ...definitions());
    expect(steps.some((step) => step.action !== "unchanged")).toBe(true);
  });
});

test("a feature marked personal is so in every version of its group", async () => {
  const y = { type: "INT64", default: 5 };
  const versions = async () => {
    const where = { projectId: ctx.project.id, name: "y" };
    const rows = await ctx.db.feature.findMany({
      where,
      include: { group: true },
      orderBy: { group: { version: "asc" } },
    });
    return rows.map((row) => [row.group.version, row.sensitivity]);
  };
  const many = (features: Parameters<typeof group>[1]["features"]): Written =>
    group("many", {
      entity: "driver",
      sql: sql(
        Object.keys(features)
          .map((name) => `trips AS ${name}`)
          .join(", "),
        "open",
      ),
      features,
    });
  await write(ctx, many({ y, z: { type: "INT64" } }));
  await write(ctx, many({ y }));
  expect(await versions()).toEqual([
    [1, null],
    [2, null],
  ]);
  await write(ctx, many({ y: { ...y, sensitivity: "personal" } }));
  expect(await versions()).toEqual([
    [1, "personal"],
    [2, "personal"],
  ]);
  const history = await listRevisions(as("viewer"), { kind: "feature_group", name: "many" });
  expect(history.items).toHaveLength(3);
  expect(JSON.stringify(history)).not.toContain('"default"');
  const full = await listRevisions(sensitive, { kind: "feature_group", name: "many" });
  expect(JSON.stringify(full)).toContain('"default":5');
});

test("a change request says nothing of a feature that became personal later", async () => {
  const constraints = { max: 2 };
  const x = { description: "X", owner: "ann", default: 4242, constraints };
  await apply(ctx, other("tidy", "FROM clean", x));
  await refresh(ctx, ["tidy"]);
  const request = await requestChange(as("engineer"), {
    group: "tidy",
    targetStatus: "ACTIVE",
    reason: "It is good",
  });
  const told = (who: TestContext) =>
    Promise.all([getChangeRequest(who, request), listChangeRequests(who, ListChangeRequests.parse({}))]);
  const [before] = await told(as("viewer"));
  expect(before.checks.map(({ detail }) => detail).join()).toContain("exceeds its max (3 > 2)");
  expect(before.diff.definition.after).toContain("4242");
  await apply(ctx, other("tidy", "FROM clean", { ...x, sensitivity: "personal" }));
  const after = JSON.stringify(await told(as("viewer")));
  expect(after).not.toContain("3 > 2");
  expect(after).not.toContain("4242");
  expect(after).not.toContain("constraints:");
  expect(after).toContain("1 of 1 feature with constraints break them");
  expect(JSON.stringify(await told(sensitive))).toContain("3 > 2");
});
