import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Asking,
  approve,
  ask,
  audited,
  changeProject,
  DEPRECATION,
  DERIVED,
  given,
  stateOf,
  stats,
  statuses,
} from "@/lib/testing/change-requests";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, consumer, group, view, type Written } from "@/lib/testing/definitions";
import { errorOf } from "@/lib/testing/runs";
import { deleteDefinition } from "./delete-definition";
import { getChangeRequest } from "./get-change-request";
import { getFeature } from "./get-feature";
import { getFeatureGroup } from "./get-feature-group";
import { planChange } from "./plan-change";
import { withdrawChange } from "./withdraw-change";

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

describe("withdrawing", () => {
  test("only who asked, and only while it is open", async () => {
    const request = await ask(ann);
    for (const who of [bob, eve]) expect((await errorOf(withdrawChange(who, request))).code).toBe("forbidden");
    expect(await withdrawChange(ann, request)).toMatchObject({ state: "WITHDRAWN", actions: [], decisions: [] });
    expect((await errorOf(withdrawChange(ann, request))).detail).toContain("Change request 1 is WITHDRAWN");
    expect((await errorOf(approve(bob, request))).code).toBe("state_conflict");
  });
});

describe("what happened since", () => {
  test("another definition: CONFLICTED for good, and nothing moved", async () => {
    const request = await ask(ann);
    await apply(ctx, stats({ description: "Changed." }));
    expect(await getChangeRequest(bob, request)).toMatchObject({ state: "CONFLICTED", actions: [], decisions: [] });
    const why = expect.stringContaining("changed the definition; it is at revision 2 now");
    expect(await audited(ctx, "change.conflict")).toMatchObject([
      { resource: "change_request:1", after: { group: "stats", why } },
    ]);
    expect((await errorOf(approve(bob, request))).detail).toContain("is CONFLICTED");
    expect(await statuses(ctx)).toEqual({ trips: "DRAFT", rating: "DRAFT" });
    expect((await approve(bob, await ask(ann))).state).toBe("APPROVED");
  });

  test("approving compares the revision itself: the conflict is kept, and answered", async () => {
    const request = await ask(ann);
    const { id } = await getFeatureGroup(ctx, { name: "stats" });
    await ctx.db.featureGroup.update({ where: { id }, data: { revision: 2 } });
    expect(await getChangeRequest(bob, request)).toMatchObject({ baseMoved: true, state: "OPEN" });
    const error = await errorOf(approve(bob, request));
    expect([error.code, error.detail]).toEqual([
      "state_conflict",
      "The definition of stats moved from revision 1 to 2 since change request 1 was made; ask again",
    ]);
    expect(await getChangeRequest(ctx, request)).toMatchObject({
      state: "CONFLICTED",
      closedNote: "The definition of stats moved from revision 1 to 2",
      baseMoved: false,
      decisions: [],
    });
    expect(await statuses(ctx)).toEqual({ trips: "DRAFT", rating: "DRAFT" });
    expect((await audited(ctx, "change.conflict")).length).toBe(1);
  });

  test("deleting the group ends it CONFLICTED, and both are recorded", async () => {
    const request = await ask(ann);
    await deleteDefinition(ctx, { kind: "feature_group", name: "stats" });
    expect(await stateOf(ctx, request.id)).toBe("CONFLICTED");
    expect(await audited(ctx, "change.conflict")).toMatchObject([
      { resource: "change_request:1", after: { why: expect.stringContaining("deleted the feature group") } },
    ]);
  });

  test("the group is gone: CONFLICTED", async () => {
    const request = await ask(ann);
    await ctx.db.featureGroup.delete({ where: { id: (await getFeatureGroup(ctx, { name: "stats" })).id } });
    expect((await getChangeRequest(ctx, request)).blockers).toEqual(["Version 1 of stats no longer exists"]);
    expect((await errorOf(approve(bob, request))).code).toBe("state_conflict");
    expect(await stateOf(ctx, request.id)).toBe("CONFLICTED");
  });

  test("a rule that stands against it now: refused, and it stays open", async () => {
    await given(ctx, "DEPRECATED");
    const request = await ask(ann, { targetStatus: "RETIRED" });
    await apply(ctx, view("scores", [{ group: "stats", features: ["rating"] }], { owner: "models" }));
    const words = "stats:rating is read by feature view scores (models)";
    expect((await getChangeRequest(bob, request)).blockers).toEqual([words]);
    const error = await errorOf(approve(bob, request));
    expect([error.code, error.issues]).toEqual(["lifecycle_refused", [{ code: "in_use", detail: words }]]);
    expect(await getChangeRequest(ctx, request)).toMatchObject({ state: "OPEN", approvals: 0 });
    expect(await statuses(ctx)).toEqual({ trips: "DEPRECATED", rating: "DEPRECATED" });
  });

  test("a status that moved past the requests: refused", async () => {
    const request = await ask(ann);
    await given(ctx, "RETIRED", ["trips"]);
    const error = await errorOf(approve(bob, request));
    expect([error.code, error.issues[0]?.detail]).toEqual([
      "lifecycle_refused",
      "stats:trips was DRAFT and is RETIRED now",
    ]);
    expect(await statuses(ctx)).toEqual({ trips: "RETIRED", rating: "DRAFT" });
  });

  test("the day of retirement has passed: refused", async () => {
    await given(ctx, "ACTIVE");
    const request = await ask(ann, { targetStatus: "DEPRECATED", deprecation: DEPRECATION });
    const later = { ...bob, clock: { ...ctx.clock, now: () => new Date("2026-02-02T00:00:00Z") } };
    expect((await errorOf(approve(later, request))).detail).toContain("retireOn 2026-02-01 has passed");
  });
});

describe("the rules of the lifecycle", () => {
  test("ACTIVE takes parents that are ACTIVE or DEPRECATED, as far as the SQL names them", async () => {
    await apply(ctx, DERIVED);
    const refused = await errorOf(ask(ann, { group: "derived" }));
    expect([refused.code, refused.issues]).toEqual([
      "lifecycle_refused",
      [{ code: "parent_status", detail: "derived:double_trips is made from stats:trips, which is DRAFT" }],
    ]);
    await given(ctx, "RETIRED", ["trips"]);
    expect((await errorOf(ask(ann, { group: "derived" }))).detail).toContain("which is RETIRED");
    await given(ctx, "DEPRECATED", ["trips"]);
    const request = await ask(ann, { group: "derived" });
    expect((await approve(bob, request)).state).toBe("APPROVED");
    expect(await statuses(ctx, "derived")).toEqual({ double_trips: "ACTIVE" });
  });

  test("parents are found behind SQL sources, and all of them behind *", async () => {
    await apply(
      ctx,
      { kind: "source", name: "behind", sql: "SELECT * FROM stats" },
      group("far", {
        entity: "driver",
        sql: "SELECT * FROM behind",
        features: { trips: { type: "INT64" }, rating: { type: "FLOAT64" } },
      }),
    );
    const error = await errorOf(ask(ann, { group: "far", features: ["rating"] }));
    expect(error.issues.map(({ detail }) => detail)).toEqual([
      "far:rating is made from stats:trips, which is DRAFT",
      "far:rating is made from stats:rating, which is DRAFT",
    ]);
  });

  test("RETIRED waits for views and consumers, named with their owners", async () => {
    await given(ctx, "DEPRECATED");
    await apply(
      ctx,
      view("scores", [{ group: "stats", features: ["rating"] }], { owner: "models" }),
      consumer("ranking", { views: ["scores"], owner: "search" }),
      consumer("board", { type: "dashboard", features: ["stats:trips"] }),
    );
    const error = await errorOf(ask(ann, { targetStatus: "RETIRED" }));
    expect(error.issues.map(({ detail }) => detail)).toEqual([
      "stats:trips is read by consumer board",
      "stats:rating is read by feature view scores (models), consumer ranking (search)",
    ]);
    const plan = await planChange(ann, { group: "stats", targetStatus: "RETIRED" });
    expect(plan.blockers).toEqual(error.issues.map(({ detail }) => detail));
    expect(plan.impact).toMatchObject({
      views: [{ name: "scores", owner: "models" }],
      consumers: [{ name: "board" }, { name: "ranking" }],
    });
  });

  test("a view's newest version counts, and the group version that it pins", async () => {
    await given(ctx, "DEPRECATED");
    const scores = (features: string[]): Written => view("scores", [{ group: "stats", version: 1, features }]);
    await apply(ctx, scores(["trips", "rating"]));
    await apply(ctx, scores(["rating"]));
    expect((await planChange(ann, { group: "stats", features: ["trips"], targetStatus: "RETIRED" })).blockers).toEqual(
      [],
    );
    // Version 2 of the group is nobody's yet; version 1 is still read.
    await apply(
      ctx,
      group("stats", {
        entity: "driver",
        sql: "SELECT driver, event_timestamp, rating FROM rides",
        features: { rating: { type: "FLOAT64" } },
      }),
    );
    await given(ctx, "DEPRECATED", ["rating"]);
    expect((await planChange(ann, { group: "stats", targetStatus: "RETIRED" })).blockers).toEqual([]);
    expect(
      (await planChange(ann, { group: "stats", version: 1, features: ["rating"], targetStatus: "RETIRED" })).blockers,
    ).toEqual(["stats@1:rating is read by feature view scores"]);
  });

  test("deprecation is kept with the feature, cleared by its return, and kept by its end", async () => {
    await given(ctx, "ACTIVE");
    const deprecation = { ...DEPRECATION, replacement: "stats:rating" };
    const go = async (about: Asking): Promise<unknown> => {
      await approve(bob, await ask(ann, { features: ["trips"], ...about }));
      return (await getFeature(ctx, { reference: "stats:trips" })).deprecation;
    };
    expect(await go({ targetStatus: "DEPRECATED", deprecation })).toEqual(deprecation);
    expect(await go({ targetStatus: "ACTIVE" })).toBeNull();
    await go({ targetStatus: "DEPRECATED", deprecation });
    expect(await go({ targetStatus: "RETIRED" })).toEqual(deprecation);
    expect((await errorOf(ask(ann, { features: ["trips"] }))).detail).toContain("which is final");
    expect(await audited(ctx, "feature.status")).toMatchObject([
      {},
      { after: { deprecation: null } },
      {},
      { after: { deprecation } },
    ]);
  });
});
