import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Denied } from "@/lib/access/authorize";
import { newId } from "@/lib/platform/ids";
import {
  approve,
  ask,
  audited,
  CSV,
  changeProject,
  DRIVER,
  list,
  reject,
  stateOf,
  stats,
  statuses,
} from "@/lib/testing/change-requests";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, inNewProject } from "@/lib/testing/definitions";
import { person, serviceAccount } from "@/lib/testing/people";
import { errorOf } from "@/lib/testing/runs";
import { getChangeRequest } from "./get-change-request";
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

describe("deciding", () => {
  test("the last approval moves every feature, and the log tells each", async () => {
    const { revision } = await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } });
    const request = await ask(ann);
    const done = await approve(bob, request, "Well described.");
    expect(done).toMatchObject({ state: "APPROVED", approvals: 1, actions: [], closedNote: null });
    expect(done.decisions).toMatchObject([
      {
        verdict: "approve",
        comment: "Well described.",
        selfApproved: false,
        decidedBy: { id: bob.actor.id, name: "Bob" },
      },
    ]);
    expect(await statuses(ctx)).toEqual({ trips: "ACTIVE", rating: "ACTIVE" });
    expect(await audited(ctx, "feature.status")).toMatchObject([
      { resource: "feature:stats:trips", actorId: bob.actor.id, after: { status: "ACTIVE", changeRequest: 1 } },
      { resource: "feature:stats:rating" },
    ]);
    const after = await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } });
    expect(after.revision).toBeGreaterThan(revision);
  });

  test.each([
    ["the requester", () => ann],
    ["an admin who is the requester", () => eve],
    ["a steward who is the requester", () => bob],
  ])("%s neither approves nor rejects", async (_name, who) => {
    // An engineer may not decide at all; what is told to those who might is another sentence.
    const requester = { ...who(), actor: { ...who().actor, role: "admin" as const } };
    const request = await ask(requester);
    const errors = [await errorOf(approve(requester, request)), await errorOf(reject(requester, request))];
    expect(errors.map(({ code }) => code)).toEqual(["forbidden", "forbidden"]);
    expect(errors[0]?.detail).toContain("somebody else decides it");
    expect(errors[1]?.detail).toContain("withdrawn, not rejected");
    expect(errors.every((error) => error instanceof Denied)).toBe(true);
    expect([await stateOf(ctx, request.id), await statuses(ctx)]).toEqual([
      "OPEN",
      { trips: "DRAFT", rating: "DRAFT" },
    ]);
  });

  test("a scientist or engineer may not, whoever asked", async () => {
    const request = await ask(bob);
    expect((await errorOf(approve(ann, request))).code).toBe("forbidden");
    expect((await errorOf(reject(ann, request))).code).toBe("forbidden");
  });

  test("a service account may not, and neither may who keeps it for what it asked", async () => {
    const robot = await serviceAccount(ctx, "steward", eve);
    expect((await errorOf(approve(robot, await ask(ann)))).detail).toContain("A person decides");
    await withdrawChange(ann, { id: "1" });
    const request = await ask(robot);
    expect((await errorOf(approve(eve, request))).detail).toContain("keeps the service account");
    expect((await list(eve, { inbox: "true" })).total).toBe(0);
    // Whoever made a token of it can speak through it too.
    const token = { name: "t", scopes: [], hint: "", createdBy: bob.actor.id, createdAt: ctx.clock.now() };
    await ctx.db.apiToken.create({
      data: {
        id: newId("tok"),
        projectId: ctx.project.id,
        serviceAccountId: robot.actor.id,
        hash: newId("tok"),
        ...token,
      },
    });
    expect((await errorOf(approve(bob, request))).code).toBe("forbidden");
    expect((await approve(await person(ctx, "Sue", "steward"), request)).state).toBe("APPROVED");
  });

  test("a token needs the scope", async () => {
    const request = await ask(ann);
    const limited = (scopes: string[]): TestContext => ({ ...bob, actor: { ...bob.actor, scopes } });
    expect((await getChangeRequest(limited(["catalog:read"]), request)).actions).toEqual([]);
    expect((await errorOf(approve(limited(["changes:write"]), request))).code).toBe("insufficient_scope");
    expect((await approve(limited(["changes:decide"]), request)).state).toBe("APPROVED");
  });

  test("as many approvals as the project asked for then, one from each person", async () => {
    await ctx.db.project.update({ where: { id: ctx.project.id }, data: { requiredApprovals: 2 } });
    const request = await ask(ann);
    await ctx.db.project.update({ where: { id: ctx.project.id }, data: { requiredApprovals: 1 } });
    expect(await approve(bob, request)).toMatchObject({
      state: "OPEN",
      approvals: 1,
      requiredApprovals: 2,
      actions: [],
    });
    const again = await errorOf(approve(bob, request));
    expect([again.code, again.detail]).toEqual(["state_conflict", "Bob has approved change request 1 already"]);
    expect((await errorOf(reject(bob, request))).code).toBe("state_conflict");
    expect(await statuses(ctx)).toEqual({ trips: "DRAFT", rating: "DRAFT" });
    expect((await approve(eve, request)).state).toBe("APPROVED");
  });

  test("one rejection ends it, even after an approval", async () => {
    await ctx.db.project.update({ where: { id: ctx.project.id }, data: { requiredApprovals: 2 } });
    const request = await ask(ann);
    await approve(bob, request);
    expect(await reject(eve, request)).toMatchObject({
      state: "REJECTED",
      decisions: [{ verdict: "approve" }, { verdict: "reject", comment: "Not yet." }],
    });
    expect((await errorOf(approve(await person(ctx, "Sue", "steward"), request))).code).toBe("state_conflict");
    expect(await statuses(ctx)).toEqual({ trips: "DRAFT", rating: "DRAFT" });
    expect((await ask(ann)).number).toBe(2);
  });

  test("two approvers at once: one applies", async () => {
    const request = await ask(ann);
    const outcomes = await Promise.allSettled([approve(bob, request), approve(eve, request)]);
    const codes = outcomes.map((outcome) => (outcome.status === "fulfilled" ? "done" : outcome.reason.code));
    expect(codes.sort()).toEqual(["done", "state_conflict"]);
    expect([(await audited(ctx, "feature.status")).length, (await getChangeRequest(ctx, request)).approvals]).toEqual([
      2, 1,
    ]);
  });

  test("approving and withdrawing at once: one happens", async () => {
    const request = await ask(ann);
    const outcomes = await Promise.allSettled([approve(bob, request), withdrawChange(ann, request)]);
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const applied = (await stateOf(ctx, request.id)) === "APPROVED";
    expect((await statuses(ctx)).trips).toBe(applied ? "ACTIVE" : "DRAFT");
  });

  test("decisions cannot be changed or deleted", async () => {
    const request = await ask(ann);
    await approve(bob, request);
    const where = { requestId: request.id };
    await expect(ctx.db.decision.updateMany({ where, data: { selfApproved: true } })).rejects.toThrow(/append-only/);
    await expect(ctx.db.decision.deleteMany({ where })).rejects.toThrow(/append-only/);
  });
});

describe("a project with a single person", () => {
  let only: TestContext;
  let alone: TestContext;
  beforeEach(async () => {
    alone = await inNewProject(base);
    only = await person(alone, "Solo", "admin");
    await apply(alone, DRIVER, await csvSource(alone, "rides", CSV), stats());
  });

  test("the requester approves, and it is recorded so", async () => {
    const request = await ask(only);
    expect(request.actions).toEqual(["approve", "withdraw"]);
    expect((await list(only, { inbox: "true" })).total).toBe(1);
    expect((await approve(only, request)).decisions).toMatchObject([
      { selfApproved: true, decidedBy: { name: "Solo" } },
    ]);
  });

  test("another member, even one who may not decide, ends that; a disabled one does not", async () => {
    const request = await ask(only);
    const other = await person(alone, "Vic", "viewer");
    expect((await getChangeRequest(only, request)).actions).toEqual(["withdraw"]);
    expect((await errorOf(approve(only, request))).code).toBe("forbidden");
    await alone.db.user.update({ where: { id: other.actor.id }, data: { disabledAt: alone.clock.now() } });
    expect((await approve(only, request)).decisions).toMatchObject([{ selfApproved: true }]);
  });

  test("an admin of the instance ends that too", async () => {
    const request = await ask(only);
    const root = await person(ctx, "Root", "viewer");
    await ctx.db.user.update({ where: { id: root.actor.id }, data: { instanceAdmin: true } });
    expect((await errorOf(approve(only, request))).code).toBe("forbidden");
    await ctx.db.user.update({ where: { id: root.actor.id }, data: { instanceAdmin: false } });
    expect((await approve(only, request)).state).toBe("APPROVED");
  });
});
