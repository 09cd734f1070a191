import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROLES, type Role } from "@/lib/kernel/actor";
import { isLarderError } from "@/lib/kernel/errors";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject, type Written } from "@/lib/testing/definitions";
import { person, serviceAccount } from "@/lib/testing/people";
import { approveChange } from "./approve-change";
import { rejectChange } from "./reject-change";
import { requestChange } from "./request-change";
import { STATUSES } from "./schema";
import { withdrawChange } from "./withdraw-change";

// Whatever anybody tries, in whatever order: a feature moves only along the table of the lifecycle, and only by the decision
// of somebody who did not ask for it, unless nobody else is there, which the decision then says.

const SEED = 20_260_115;
const RUNS = 30;
const ARROWS = ["DRAFT>ACTIVE", "ACTIVE>DEPRECATED", "DEPRECATED>ACTIVE", "DEPRECATED>RETIRED"];
/** What an attempt may be refused with. Anything else, such as an unknown error, is a fault. */
const REFUSALS = ["forbidden", "lifecycle_refused", "state_conflict", "change_request_not_found", "validation_failed"];

const actor = fc.nat({ max: 4 });
/** The newest request, one of those before it, or one that there is not. */
const back = fc.constantFrom(0, 0, 0, 0, 1, 1, 2, -1);
const Step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("request" as const),
      actor,
      group: fc.constantFrom("base", "derived"),
      targetStatus: fc.constantFrom("ACTIVE", "DEPRECATED", "RETIRED"),
      features: fc.option(fc.constantFrom<string[][]>(["x"], ["y"], ["x", "y"]), { nil: undefined, freq: 1 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant("approve" as const), actor, back }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("reject" as const), actor, back }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("withdraw" as const), actor, back }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("edit" as const), actor, words: fc.constantFrom("a", "b") }) },
);
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

const World = fc.record({
  roles: fc.array(fc.constantFrom<Role>(...ROLES, "steward", "steward", "admin", "admin"), {
    minLength: 1,
    maxLength: 4,
  }),
  /** A service account that the first person made. */
  robot: fc.option(fc.constantFrom<Role>("engineer", "admin"), { nil: null }),
  requiredApprovals: fc.constantFrom(1, 1, 1, 2),
  /** Status of each feature when it begins. */
  start: fc.array(fc.constantFrom(...STATUSES, "DRAFT" as const, "DEPRECATED" as const), {
    minLength: 4,
    maxLength: 4,
  }),
  steps: fc.array(Step, { minLength: 8, maxLength: 24 }),
});

const definitions = (words: string): Written[] => {
  const rows = "SELECT 1 AS driver, TIMESTAMPTZ '2026-01-01' AS event_timestamp";
  const features = { x: { type: "INT32" as const, description: words }, y: { type: "INT32" as const } };
  return [
    entity("driver", { driver: "INT32" }),
    group("base", { entity: "driver", sql: `${rows}, 1::INTEGER AS x, 2::INTEGER AS y`, features }),
    group("derived", { entity: "driver", sql: "SELECT driver, event_timestamp, x, y FROM base", features }),
  ];
};

let base: TestContext;
beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

async function attempt(who: TestContext, step: Step, number: number): Promise<boolean> {
  const id = String(number);
  try {
    if (step.act === "request") {
      const { group: name, targetStatus, features } = step;
      const deprecation = { note: "n", retireOn: "2026-03-01", replacement: null };
      await requestChange(who, {
        group: name,
        targetStatus,
        reason: "r",
        ...(features ? { features } : {}),
        ...(targetStatus === "DEPRECATED" ? { deprecation } : {}),
      });
    } else if (step.act === "approve") await approveChange(who, { id, comment: "" });
    else if (step.act === "reject") await rejectChange(who, { id, comment: "c" });
    else if (step.act === "withdraw") await withdrawChange(who, { id });
    else await apply(who, ...definitions(step.words));
    return true;
  } catch (error) {
    if (!isLarderError(error) || !REFUSALS.includes(error.code)) throw error;
    return false;
  }
}

type Statuses = Map<string, { status: string; name: string }>;
async function statusesOf(ctx: TestContext): Promise<Statuses> {
  const rows = await ctx.db.feature.findMany({ where: { projectId: ctx.project.id }, include: { group: true } });
  return new Map(rows.map((row) => [row.id, { status: row.status, name: `${row.group.name}:${row.name}` }]));
}

/** Fails unless each feature that moved did so by the approved request of somebody else. */
async function judge(
  ctx: TestContext,
  {
    before,
    after,
    step,
    number,
    people,
  }: { before: Statuses; after: Statuses; step: Step; number: number; people: TestContext[] },
): Promise<void> {
  const alone = people.length === 1;
  const moved = [...after].filter(([id, { status }]) => before.get(id)?.status !== status);
  if (moved.length === 0) return;
  expect(step.act).toBe("approve");
  const where = { projectId: ctx.project.id, number };
  const request = await ctx.db.changeRequest.findFirstOrThrow({ where, include: { decisions: true } });
  expect(request.state).toBe("APPROVED");
  const approvals = request.decisions.filter(({ verdict }) => verdict === "approve");
  expect(approvals.length).toBe(request.decisions.length);
  expect(new Set(approvals.map(({ decidedBy }) => decidedBy)).size).toBe(request.requiredApprovals);
  for (const { decidedBy, selfApproved } of approvals) {
    expect(decidedBy.startsWith("usr_")).toBe(true);
    if (decidedBy === request.requestedBy) expect({ selfApproved, alone }).toEqual({ selfApproved: true, alone: true });
    if (selfApproved) expect(alone).toBe(true);
    // What a service account asked for, its keeper asked for.
    if (request.requestedBy.startsWith("svc_") && !alone) expect(decidedBy).not.toBe(people[0]?.actor.id);
  }
  const asked = new Map((request.features as { id: string; from: string }[]).map(({ id, from }) => [id, from]));
  expect(moved.length).toBe(asked.size);
  for (const [id, { status }] of moved) {
    expect(ARROWS).toContain(`${before.get(id)?.status}>${status}`);
    expect([asked.get(id), status]).toEqual([before.get(id)?.status, request.targetStatus]);
  }
  const baseOf = (name: string): string | undefined =>
    [...after.values()].find((row) => row.name === name.replace("derived:", "base:"))?.status;
  for (const [, { status, name }] of moved)
    if (status === "ACTIVE" && name.startsWith("derived:")) expect(["ACTIVE", "DEPRECATED"]).toContain(baseOf(name));
}

test("no path reaches a status without a decision by somebody else", { timeout: 300_000 }, async () => {
  const reached = new Set<string>();
  const property = fc.asyncProperty(World, async ({ roles, robot, requiredApprovals, start, steps }) => {
    const ctx = await inNewProject(base);
    await ctx.db.project.update({ where: { id: ctx.project.id }, data: { requiredApprovals } });
    await apply(ctx, ...definitions("at first"));
    const people: TestContext[] = [];
    for (const [at, role] of roles.entries()) people.push(await person(ctx, `Person ${at}`, role));
    const [first] = people;
    const actors = robot && first ? [...people, await serviceAccount(ctx, robot, first)] : people;
    for (const [at, id] of [...(await statusesOf(ctx)).keys()].entries())
      await ctx.db.feature.update({ where: { id }, data: { status: start[at] ?? "DRAFT" } });
    let before = await statusesOf(ctx);
    for (const step of steps) {
      const who = actors[step.actor % actors.length];
      if (!who) continue;
      const asked = await ctx.db.changeRequest.count({ where: { projectId: ctx.project.id } });
      const number = "back" in step ? Math.max(1, asked - step.back) : 0;
      const done = await attempt(who, step, number);
      const after = await statusesOf(ctx);
      if (!done) expect(after).toEqual(before);
      await judge(ctx, { before, after, step, number, people });
      for (const [id, { status }] of after)
        if (before.get(id)?.status !== status)
          reached.add(`${before.get(id)?.status}>${status}${people.length === 1 ? " alone" : ""}`);
      before = after;
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  // The runs would prove nothing if nobody ever got anywhere.
  expect([...reached]).toEqual(expect.arrayContaining(ARROWS));
  expect([...reached].some((arrow) => arrow.endsWith(" alone"))).toBe(true);
});
