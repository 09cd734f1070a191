import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isLarderError } from "@/lib/kernel/errors";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, filesOf, group, inNewProject, view, type Written } from "@/lib/testing/definitions";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import { applyDefinitions } from "./apply-definitions";
import type { PlanStep } from "./definition-schema";
import { getFeature } from "./get-feature";
import { getFeatureGroup } from "./get-feature-group";
import { getFeatureView } from "./get-feature-view";
import { listFeatures } from "./list-features";
import { ListFeatures } from "./schema";

const CSV = "driver,event_timestamp,trips,rating\n1,2024-01-01,1,1.5\n";
const DRIVER = entity("driver", { driver: "INT64" });
const SQL = "SELECT driver, event_timestamp, trips, rating FROM rides";
const STATS = group("stats", { entity: "driver", sql: SQL, features: { trips: "INT64", rating: "FLOAT64" } });
const VIEW = view("all_of_it", [{ group: "stats", features: ["trips"] }]);

let base: TestContext;
let ctx: TestContext;
let everything: Written[];

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

beforeEach(async () => {
  ctx = await inNewProject(base);
  everything = [DRIVER, await csvSource(ctx, "rides", CSV), STATS, VIEW];
});

const short = (steps: PlanStep[]) => steps.map((step) => `${step.action} ${step.kind}:${step.name}@${step.version}`);
const mine = () => ({ where: { projectId: ctx.project.id } });

describe("applyDefinitions", () => {
  test("creates what is new, in the order of the files, and says so", async () => {
    const plan = await apply(ctx, ...everything);
    expect(plan.applied).toBe(true);
    expect(short(plan.steps)).toEqual([
      "create entity:driver@1",
      "create source:rides@1",
      "create feature_group:stats@1",
      "create feature_view:all_of_it@1",
    ]);
    expect((await getFeatureGroup(ctx, { name: "stats" })).features.map((feature) => feature.name)).toEqual([
      "trips",
      "rating",
    ]);
    expect((await getFeatureView(ctx, { name: "all_of_it" })).joins).toMatchObject([{ group: "stats", version: 1 }]);
  });

  test("the order of definitions does not matter", async () => {
    await apply(ctx, ...[...everything].reverse());
    expect((await getFeatureGroup(ctx, { name: "stats" })).ingredients).toEqual([{ kind: "source", name: "rides" }]);
  });

  test("the same files again change nothing, not one row", async () => {
    await apply(ctx, ...everything);
    const before = {
      rows: await countAllRows(ctx.db),
      project: await ctx.db.project.findUnique({ where: { id: ctx.project.id } }),
    };
    const again = await apply(ctx, ...everything);
    expect(new Set(again.steps.map((step) => step.action))).toEqual(new Set(["unchanged"]));
    expect({
      rows: await countAllRows(ctx.db),
      project: await ctx.db.project.findUnique({ where: { id: ctx.project.id } }),
    }).toEqual(before);
  });

  test("a dry run gives the same plan and writes nothing", async () => {
    const before = await countAllRows(ctx.db);
    const dry = await applyDefinitions(ctx, { files: filesOf(everything), dryRun: true });
    expect(dry.applied).toBe(false);
    expect(await countAllRows(ctx.db)).toEqual(before);
    expect((await apply(ctx, ...everything)).steps).toEqual(dry.steps);
  });

  test("what the files do not mention stays", async () => {
    await apply(ctx, ...everything);
    await apply(ctx, entity("rider", { rider: "STRING" }));
    expect((await getFeatureGroup(ctx, { name: "stats" })).version).toBe(1);
  });

  test("a feature begins as DRAFT, whatever a definition would like; later definitions do not move it", async () => {
    await applyDefinitions(ctx, { files: filesOf(everything), dryRun: false });
    expect((await getFeature(ctx, { reference: "stats:trips" })).status).toBe("DRAFT");
    await ctx.db.feature.updateMany({
      where: { projectId: ctx.project.id, name: "trips" },
      data: { status: "ACTIVE" },
    });
    await applyDefinitions(ctx, { files: filesOf([{ ...STATS, description: "better" } as Written]), dryRun: false });
    expect((await getFeature(ctx, { reference: "stats:trips" })).status).toBe("ACTIVE");
    const text = filesOf([STATS])[0]?.text.replaceAll("type: INT64", "type: INT64\n    status: ACTIVE") ?? "";
    const error = await errorOf(applyDefinitions(ctx, { files: [{ path: "a.yaml", text }], dryRun: false }));
    expect(error.issues[0]).toMatchObject({ code: "unknown_key", file: "a.yaml" });
    expect(error.detail).toContain("features begin as DRAFT");
  });

  test("what the project is called takes the right to change the project, as long as it changes", async () => {
    const project = (title: string): Written => ({ kind: "project", name: ctx.project.name, title });
    const engineer = { ...ctx, actor: { kind: "user" as const, id: "eng", name: "Eng", role: "engineer" as const } };
    const titleOf = async () => (await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } })).title;
    await apply(ctx, project("Ours"), DRIVER);
    const before = await countAllRows(ctx.db);
    for (const dryRun of [true, false]) {
      const files = filesOf([project("Mine"), { ...DRIVER, description: "x" } as Written]);
      const error = await errorOf(applyDefinitions(engineer, { files, dryRun }));
      expect([error.code, error.detail]).toEqual([
        "forbidden",
        expect.stringContaining("change the project's settings"),
      ]);
    }
    expect(await countAllRows(ctx.db)).toEqual(before);
    await apply(engineer, project("Ours"), { ...DRIVER, description: "x" } as Written);
    expect(await titleOf()).toBe("Ours");
    await apply(ctx, project("Admin's"));
    expect(await titleOf()).toBe("Admin's");
  });

  test("files of another project are refused", async () => {
    const error = await errorOf(apply(ctx, { kind: "project", name: "elsewhere", title: "x" }));
    expect([error.code, error.issues[0]?.code]).toEqual(["definition_invalid", "other_project"]);
  });
});

describe("changes", () => {
  const changed = (about: object): Written => ({ ...STATS, ...about }) as Written;
  test.each<[string, Written, string, number]>([
    ["a description", changed({ description: "better" }), "METADATA", 1],
    ["tags", changed({ tags: ["x"] }), "METADATA", 1],
    ["ttl", changed({ ttl: "7d" }), "NON_BREAKING", 1],
    ["sql", changed({ sql: `${SQL} WHERE trips > 0` }), "NON_BREAKING", 1],
    [
      "one more feature",
      group("stats", {
        entity: "driver",
        sql: `${SQL.replace("FROM", ", 1 AS more FROM")}`,
        features: { trips: "INT64", rating: "FLOAT64", more: "INT64" },
      }),
      "NON_BREAKING",
      1,
    ],
    [
      "one feature less",
      group("stats", {
        entity: "driver",
        sql: "SELECT driver, event_timestamp, trips FROM rides",
        features: { trips: "INT64" },
      }),
      "BREAKING",
      2,
    ],
    [
      "another type",
      group("stats", { entity: "driver", sql: SQL, features: { trips: "FLOAT64", rating: "FLOAT64" } }),
      "BREAKING",
      2,
    ],
    [
      "another event time",
      changed({ sql: "SELECT driver, event_timestamp AS happened, trips, rating FROM rides", eventTime: "happened" }),
      "BREAKING",
      2,
    ],
  ])("%s", async (_what, definition, grade, version) => {
    await apply(ctx, ...everything);
    const { steps } = await apply(ctx, definition);
    expect(steps).toMatchObject([{ action: "change", grade, version }]);
    expect(steps[0]?.changes.length).toBeGreaterThan(0);
    expect(await getFeatureGroup(ctx, { name: "stats" })).toMatchObject({
      version,
      versions: version === 1 ? [1] : [1, 2],
    });
  });

  test("a breaking change leaves the old version as it was, beside the new one, and views with it", async () => {
    await apply(ctx, ...everything);
    const before = await getFeatureGroup(ctx, { name: "stats", version: 1 });
    const next = group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM rides",
      features: { trips: "INT64" },
    });
    await apply(ctx, next);
    const after = await getFeatureGroup(ctx, { name: "stats", version: 1 });
    expect(after.features.map(({ name, dataType }) => [name, dataType])).toEqual(
      before.features.map(({ name, dataType }) => [name, dataType]),
    );
    expect(after.sql).toBe(before.sql);
    expect((await getFeature(ctx, { reference: "stats@1:rating" })).name).toBe("rating");
    expect((await errorOf(getFeature(ctx, { reference: "stats:rating" }))).code).toBe("feature_not_found");
    expect((await listFeatures(ctx, ListFeatures.parse({}))).items.map((feature) => feature.reference)).toEqual([
      "stats:trips",
    ]);
    expect((await getFeatureView(ctx, { name: "all_of_it" })).joins).toMatchObject([{ group: "stats", version: 1 }]);
  });

  test("join keys of an entity cannot change while groups are laid out by them", async () => {
    await apply(ctx, ...everything);
    const before = await countAllRows(ctx.db);
    const moved = entity("driver", { driver: "STRING" });
    const error = await errorOf(
      apply(
        ctx,
        moved,
        group("stats", {
          entity: "driver",
          sql: SQL.replace("driver", "CAST(driver AS VARCHAR) AS driver"),
          features: { trips: "INT64", rating: "FLOAT64" },
        }),
      ),
    );
    expect([error.code, error.issues.map((issue) => issue.code)]).toEqual(["definition_invalid", ["keys_in_use"]]);
    expect(await countAllRows(ctx.db)).toEqual(before);
    await apply(ctx, entity("vehicle", { vehicle: "INT64" }));
    expect((await apply(ctx, entity("vehicle", { vehicle: "STRING" }))).steps[0]?.action).toBe("change");
  });

  test("every revision stays in the history, and caches see that something changed", async () => {
    await apply(ctx, ...everything);
    const before = await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } });
    await apply(ctx, changed({ description: "second" }));
    await apply(ctx, changed({ description: "third" }));
    const revisions = await ctx.db.definition.findMany({
      where: { projectId: ctx.project.id, name: "stats" },
      orderBy: { revision: "asc" },
    });
    expect(revisions.map((row) => (row.body as { description: string }).description)).toEqual(["", "second", "third"]);
    const after = await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } });
    expect(after.revision).toBe(before.revision + 2);
  });
});

describe("the audit log", () => {
  test("has one event per definition, with what it was and what it is", async () => {
    await apply(ctx, ...everything);
    await apply(ctx, { ...STATS, description: "better" } as Written);
    const events = await ctx.db.auditEvent.findMany({ ...mine(), orderBy: { id: "asc" } });
    expect(events.map((event) => `${event.action} ${event.resource}`).sort()).toEqual([
      "definition.change feature_group:stats",
      "definition.create entity:driver",
      "definition.create feature_group:stats",
      "definition.create feature_view:all_of_it",
      "definition.create source:rides",
    ]);
    const change = events.find((event) => event.action === "definition.change");
    expect(change).toMatchObject({
      actorId: "local-admin",
      before: { description: "" },
      after: { description: "better" },
    });
  });

  test("is written in the same transaction: without the event there is no change", async () => {
    await ctx.db.$executeRawUnsafe(
      `CREATE OR REPLACE FUNCTION refuse_audit() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no audit'; END $$ LANGUAGE plpgsql`,
    );
    await ctx.db.$executeRawUnsafe(
      `CREATE TRIGGER refuse BEFORE INSERT ON "AuditEvent" FOR EACH ROW WHEN (NEW.resource = 'feature_view:all_of_it') EXECUTE FUNCTION refuse_audit()`,
    );
    const before = await countAllRows(ctx.db);
    await expect(apply(ctx, ...everything)).rejects.toThrow();
    expect(await countAllRows(ctx.db)).toEqual(before);
    await ctx.db.$executeRawUnsafe(`DROP TRIGGER refuse ON "AuditEvent"`);
    await apply(ctx, ...everything);
  });
});

test("two that apply the same at once: one history, and nobody gets an unexplained error", async () => {
  const outcomes = await Promise.allSettled([apply(ctx, ...everything), apply(ctx, ...everything)]);
  const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(failed.filter((reason) => !isLarderError(reason))).toEqual([]);
  expect(failed.length).toBeLessThan(2);
  expect(await ctx.db.definition.count(mine())).toBe(everything.length);
  expect(await ctx.db.auditEvent.count(mine())).toBe(everything.length);
});
