import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { approveChange } from "@/lib/registry/approve-change";
import { ListChangeRequests } from "@/lib/registry/change-schema";
import { listChangeRequests } from "@/lib/registry/list-change-requests";
import { requestChange } from "@/lib/registry/request-change";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { activateDemonstration } from "./activate-demo";

let base: TestContext;
let ctx: TestContext;
let engineer: TestContext;
let steward: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

/** A child whose name comes before its parent's, and the group with the feature that waits. */
beforeEach(async () => {
  ctx = await inNewProject(base);
  [engineer, steward] = [await person(ctx, "Ann", "engineer"), await person(ctx, "Bob", "steward")];
  const features = { week: { type: "INT32" }, route_departures_28d: { type: "INT32" } };
  const rows = "SELECT 1 AS route, TIMESTAMPTZ '2026-01-01' AS event_timestamp, 1::INTEGER";
  await apply(
    ctx,
    entity("route", { route: "INT32" }),
    group("route_traffic", { entity: "route", sql: `${rows} AS week, 2::INTEGER AS route_departures_28d`, features }),
    group("a_child", {
      entity: "route",
      sql: "SELECT route, event_timestamp, week AS again FROM route_traffic",
      features: { again: { type: "INT32" } },
    }),
  );
});

const requests = async (): Promise<string[]> => {
  const { items } = await listChangeRequests(engineer, ListChangeRequests.parse({}));
  return items.map(({ number, group: name, state, features }) => `${number} ${name} ${features.length} ${state}`);
};
const statuses = async (): Promise<Record<string, string>> => {
  const features = await ctx.db.feature.findMany({ where: { projectId: ctx.project.id } });
  return Object.fromEntries(features.map(({ name, status }) => [name, status]));
};
const FINISHED = { week: "ACTIVE", again: "ACTIVE", route_departures_28d: "DRAFT" };
const INBOX = { inbox: "true" };

describe("activateDemonstration", () => {
  test("what is served is ACTIVE by somebody else's approval; one request waits", async () => {
    expect(await activateDemonstration(engineer, steward)).toEqual([
      "route_traffic: 1 features ACTIVE, approved by Bob",
      "route_traffic: change request 2 for route_departures_28d waits for you",
      "a_child: 1 features ACTIVE, approved by Bob",
    ]);
    expect(await statuses()).toEqual(FINISHED);
    expect(await requests()).toEqual(["3 a_child 1 APPROVED", "2 route_traffic 1 OPEN", "1 route_traffic 1 APPROVED"]);
    expect((await listChangeRequests(steward, ListChangeRequests.parse(INBOX))).total).toBe(1);
  });

  test("again: nothing more, also when the visitor has decided", async () => {
    await activateDemonstration(engineer, steward);
    expect(await activateDemonstration(engineer, steward)).toEqual([]);
    await approveChange(steward, { id: "2", comment: "" });
    expect(await activateDemonstration(engineer, steward)).toEqual([]);
    expect((await requests()).length).toBe(3);
  });

  test("an interrupted call is finished, with the request that it had made", async () => {
    await requestChange(engineer, { group: "route_traffic", features: ["week"], targetStatus: "ACTIVE", reason: "x" });
    await activateDemonstration(engineer, steward);
    expect(await statuses()).toEqual(FINISHED);
    expect(await requests()).toEqual(["3 a_child 1 APPROVED", "2 route_traffic 1 OPEN", "1 route_traffic 1 APPROVED"]);
  });
});
