import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Asking,
  approve,
  ask,
  audited,
  CSV,
  changeProject,
  DEPRECATION,
  DERIVED,
  DRIVER,
  given,
  list,
  stats,
  statuses,
} from "@/lib/testing/change-requests";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, group, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf, refresh } from "@/lib/testing/runs";
import type { Deprecation } from "./change-schema";
import { getChangeRequest } from "./get-change-request";
import { planChange } from "./plan-change";

let base: TestContext;
let ctx: TestContext;
let ann: TestContext;
let bob: TestContext;
let eve: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);
beforeEach(async () => {
  ({ ctx, ann, bob, eve } = await changeProject(base));
});

describe("requestChange", () => {
  test("keeps who asked for what, checks, impact and differences; nothing moves yet", async () => {
    const request = await ask(ann);
    expect(request).toMatchObject({
      number: 1,
      state: "OPEN",
      group: "stats",
      groupVersion: 1,
      features: [
        { name: "trips", from: "DRAFT" },
        { name: "rating", from: "DRAFT" },
      ],
      reason: "It is ready.",
      requestedBy: { id: ann.actor.id, name: "Ann" },
      requiredApprovals: 1,
      approvals: 0,
      blockers: [],
      baseMoved: false,
      actions: ["withdraw"],
      closedAt: null,
    });
    expect(request.checks.map(({ name, state: found }) => [name, found])).toEqual([
      ["description", "fail"],
      ["owner", "pass"],
      ["quality", "unknown"],
      ["statistics", "unknown"],
    ]);
    expect(request.diff.definition.before).toBeNull();
    expect(request.diff.definition.after).toMatch(/^kind: feature_group\nname: stats\n/);
    expect(await statuses(ctx)).toEqual({ trips: "DRAFT", rating: "DRAFT" });
    expect(await audited(ctx, "change.")).toMatchObject([
      {
        action: "change.request",
        resource: "change_request:1",
        actorId: ann.actor.id,
        after: { features: ["trips", "rating"] },
      },
    ]);
  });

  test("checks and differences come from the statistics of the newest commit", async () => {
    await refresh(ctx);
    const request = await ask(ann, { features: ["trips"] });
    expect(request.checks.map(({ state: found }) => found)).toEqual(["pass", "pass", "pass", "pass"]);
    expect(request.diff.statistics).toMatchObject([
      { feature: "trips", before: null, after: { min: 1, max: 7, trend: [] } },
    ]);
    await approve(bob, request);
    await apply(ctx, await csvSource(ctx, "rides", `${CSV}3,2024-01-01,-5,1\n`), stats({ description: "All trips." }));
    await refresh(ctx);
    const next = await ask(ann, { features: ["trips"], targetStatus: "DEPRECATED", deprecation: DEPRECATION });
    expect(next.diff.definition.before).toBe(request.diff.definition.after);
    expect(next.diff.definition.after).toContain("description: All trips.");
    expect(next.diff.statistics).toMatchObject([{ feature: "trips", before: { min: 1 }, after: { min: -5 } }]);
    expect(next.checks[2]).toMatchObject({ state: "fail", detail: expect.stringContaining("(-5 < 0)") });
  });

  test("a version 2 that nobody approved differs from the last definition of version 1", async () => {
    await apply(
      ctx,
      group("stats", {
        entity: "driver",
        sql: "SELECT driver, event_timestamp, trips FROM rides",
        features: { trips: { type: "INT64" } },
      }),
    );
    const { groupVersion, diff } = await ask(ann);
    expect(groupVersion).toBe(2);
    expect([diff.definition.before?.includes("rating"), diff.definition.after.includes("rating")]).toEqual([
      true,
      false,
    ]);
    expect((await ask(ann, { version: 1, features: ["rating"] })).groupVersion).toBe(1);
  });

  test("numbers count in each project, also when many ask at once", async () => {
    const other = await inNewProject(base);
    await apply(other, DRIVER, await csvSource(other, "rides", CSV), stats());
    const requests = await Promise.all(["trips", "rating"].map((name) => ask(ann, { features: [name] })));
    expect(requests.map(({ number }) => number).sort()).toEqual([1, 2]);
    expect((await ask(await person(other, "Ben", "engineer"))).number).toBe(1);
  });

  test.each<[string, Asking, string, RegExp]>([
    [
      "a move that the lifecycle lacks",
      { targetStatus: "RETIRED" },
      "lifecycle_refused",
      /No feature of stats can become RETIRED: that takes DEPRECATED, and all are DRAFT/,
    ],
    [
      "one feature of it",
      { targetStatus: "RETIRED", features: ["trips"] },
      "lifecycle_refused",
      /stats:trips is DRAFT and can become ACTIVE/,
    ],
    [
      "an unknown feature",
      { features: ["trips", "nothing"] },
      "feature_not_found",
      /Version 1 of stats has no feature nothing/,
    ],
    ["an unknown group", { group: "nothing" }, "feature_group_not_found", /There is no feature group nothing/],
    ["an unknown version", { version: 7 }, "feature_group_not_found", /stats version 7/],
    [
      "a deprecation of what becomes ACTIVE",
      { deprecation: DEPRECATION },
      "validation_failed",
      /deprecation is for DEPRECATED/,
    ],
    ["no deprecation", { targetStatus: "DEPRECATED" }, "validation_failed", /deprecation is required/],
  ])("refuses %s", async (_name, about, code, words) => {
    const error = await errorOf(ask(ann, about));
    expect([error.code, error.detail]).toEqual([code, expect.stringMatching(words)]);
    expect((await list(ctx)).total).toBe(0);
  });

  test.each<[string, Partial<Deprecation>, string, RegExp]>([
    ["a day that has passed", { retireOn: "2026-01-14" }, "validation_failed", /retireOn 2026-01-14 has passed/],
    [
      "a replacement that does not exist",
      { replacement: "stats:nothing" },
      "lifecycle_refused",
      /stats:nothing does not exist/,
    ],
    [
      "a replacement that is not ACTIVE",
      { replacement: "derived:double_trips" },
      "lifecycle_refused",
      /is DRAFT; it must be ACTIVE/,
    ],
    ["itself as the replacement", { replacement: "stats:trips" }, "lifecycle_refused", /is to be deprecated itself/],
    ["what is no reference", { replacement: "no such thing" }, "invalid_name", /is not a feature reference/],
  ])("deprecating refuses %s", async (_name, about, code, words) => {
    await apply(ctx, DERIVED);
    await given(ctx, "ACTIVE");
    const deprecation = { ...DEPRECATION, ...about };
    const error = await errorOf(ask(ann, { targetStatus: "DEPRECATED", features: ["trips"], deprecation }));
    expect([error.code, error.detail]).toEqual([code, expect.stringMatching(words)]);
  });

  test("an older request of the same person gives way, whatever it is for", async () => {
    const first = await ask(ann);
    const second = await ask(ann, { features: ["rating"] });
    expect(await getChangeRequest(ctx, first)).toMatchObject({
      state: "SUPERSEDED",
      closedNote: `Superseded by change request ${second.number}`,
      closedAt: "2026-01-15T12:00:00.000Z",
    });
    expect((await errorOf(approve(bob, first))).code).toBe("state_conflict");
    expect((await audited(ctx, "change.supersede")).length).toBe(1);
  });

  test("a feature in somebody else's open request is refused, naming that", async () => {
    await ask(ann, { features: ["trips"] });
    const error = await errorOf(ask(eve));
    expect([error.code, error.detail]).toEqual([
      "state_conflict",
      "stats:trips: in change request 1 of Ann, which is still open",
    ]);
    expect((await ask(eve, { features: ["rating"] })).number).toBe(2);
  });

  test("takes an engineer; reading takes a viewer", async () => {
    const viewer = await person(ctx, "Vic", "viewer");
    expect((await errorOf(ask(viewer))).code).toBe("forbidden");
    const { id } = await ask(ann);
    expect((await getChangeRequest(viewer, { id })).actions).toEqual([]);
    expect((await list(viewer)).total).toBe(1);
  });
});

describe("planChange", () => {
  test("says what a request would, and writes nothing", async () => {
    const plan = await planChange(ann, { group: "stats", targetStatus: "ACTIVE" });
    expect(plan).toMatchObject({ features: [{ name: "trips", from: "DRAFT" }, { name: "rating" }], blockers: [] });
    expect(plan.checks.length).toBe(4);
    expect((await planChange(ann, { group: "stats", targetStatus: "RETIRED" })).blockers).toEqual([
      "No feature of stats can become RETIRED: that takes DEPRECATED, and all are DRAFT",
    ]);
    expect((await list(ctx)).total).toBe(0);
    await ask(eve);
    expect((await planChange(ann, { group: "stats", targetStatus: "ACTIVE" })).blockers).toEqual([
      "stats:trips, stats:rating: in change request 1 of Eve, which is still open",
    ]);
  });
});
