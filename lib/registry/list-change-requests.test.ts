import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { approve, ask, changeProject, list, reject, stats } from "@/lib/testing/change-requests";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf, refresh } from "@/lib/testing/runs";
import { getChangeRequest } from "./get-change-request";
import { getFeatureGroup } from "./get-feature-group";
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

describe("reading", () => {
  test("filters, newest first, with totals and pages", async () => {
    const first = await ask(ann, { features: ["trips"] });
    await ask(eve, { features: ["rating"] });
    await reject(bob, first);
    const third = await ask(ann, { features: ["trips"] });
    const numbers = async (who: TestContext, input: object): Promise<number[]> =>
      (await list(who, input)).items.map(({ number }) => number);
    expect(await numbers(ctx, {})).toEqual([3, 2, 1]);
    expect(await numbers(ctx, { state: "REJECTED" })).toEqual([1]);
    expect(await numbers(ctx, { closed: "true" })).toEqual([1]);
    expect(await numbers(ann, { mine: "true" })).toEqual([3, 1]);
    expect(await numbers(ctx, { group: "nothing" })).toEqual([]);
    expect(await numbers(bob, { inbox: "true" })).toEqual([3, 2]);
    expect(await numbers(eve, { inbox: "true" })).toEqual([3]);
    expect(await numbers(ann, { inbox: "true" })).toEqual([]);
    const page = await list(ctx, { limit: 2 });
    expect([page.total, page.items.length]).toEqual([3, 2]);
    const rest = await list(ctx, { limit: 2, cursor: page.nextCursor });
    expect([rest.items.map(({ number }) => number), rest.nextCursor]).toEqual([[1], null]);
    const actions = (who: TestContext) => list(who).then(({ items }) => items.map((item) => item.actions));
    expect(await actions(bob)).toEqual([["approve", "reject"], ["approve", "reject"], []]);
    expect(await actions(eve)).toEqual([["approve", "reject"], ["withdraw"], []]);
    await approve(bob, third);
    expect(await numbers(bob, { inbox: "true" })).toEqual([2]);
  });

  test("by number or id; those of other projects do not exist", async () => {
    const request = await ask(ann);
    expect((await getChangeRequest(ctx, { id: "1" })).id).toBe(request.id);
    const other = await person(await inNewProject(base), "Mallory", "admin");
    for (const id of ["1", request.id, "0", "-1", "1e0", "99999999999999999999", "chg_nothing"]) {
      expect((await errorOf(getChangeRequest(other, { id }))).code).toBe("change_request_not_found");
      expect((await errorOf(approve(other, { id }))).code).toBe("change_request_not_found");
      expect((await errorOf(withdrawChange(other, { id }))).code).toBe("change_request_not_found");
    }
    expect((await list(other)).total).toBe(0);
  });

  test("features and groups tell what waits for a decision", async () => {
    const request = await ask(ann, { features: ["trips"] });
    const before = await getFeatureGroup(ctx, { name: "stats" });
    expect(before.openChanges).toEqual([{ number: 1, targetStatus: "ACTIVE", features: 1 }]);
    expect(before.features.map(({ openChange }) => openChange)).toEqual([{ number: 1, targetStatus: "ACTIVE" }, null]);
    await approve(bob, request);
    const after = await getFeatureGroup(ctx, { name: "stats" });
    expect([after.openChanges, after.features[0]?.openChange]).toEqual([[], null]);
  });

  test("statistics of a personal feature are for sensitive readers", async () => {
    await apply(ctx, stats({ sensitivity: "personal", constraints: { max: 3 } }));
    await refresh(ctx);
    const request = await ask(ann, { features: ["trips"] });
    expect(JSON.stringify(request.checks)).not.toContain("7");
    expect(request.diff.statistics).toMatchObject([{ after: { count: 2, min: null, max: null } }]);
    const trusted = { ...bob, actor: { ...bob.actor, sensitive: true } };
    expect((await getChangeRequest(trusted, request)).diff.statistics).toMatchObject([{ after: { max: 7 } }]);
  });
});
