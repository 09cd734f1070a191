import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { expectProblem, type Received, testApp } from "./test-app";

const ASK = { group: "traffic", targetStatus: "ACTIVE", reason: "It is ready." };

let base: TestContext;
let ann: ReturnType<typeof testApp>;
let bob: ReturnType<typeof testApp>;
let vic: ReturnType<typeof testApp>;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

beforeEach(async () => {
  const ctx = await inNewProject(base);
  const [engineer, steward, viewer] = [
    await person(ctx, "Ann", "engineer"),
    await person(ctx, "Bob", "steward"),
    await person(ctx, "Vic", "viewer"),
  ];
  await apply(
    ctx,
    entity("airport", { airport: "STRING" }),
    group("traffic", {
      entity: "airport",
      sql: "SELECT 'ATL' AS airport, TIMESTAMPTZ '2026-01-01' AS event_timestamp, 3::INTEGER AS departures",
      features: { departures: { type: "INT32" } },
    }),
  );
  [ann, bob, vic] = [testApp(engineer), testApp(steward), testApp(viewer)];
});

const post = (app: typeof ann, path: string, body: unknown = {}): Promise<Received> => app.send(path, { body });

describe("the way of a change request", () => {
  test("200, 201: planned, asked for, found in the inbox, approved", async () => {
    const plan = await post(ann, "/change-requests/plan", { group: "traffic", targetStatus: "ACTIVE" });
    expect([plan.status, plan.json.blockers]).toEqual([200, []]);
    const asked = await post(ann, "/change-requests", ASK);
    expect([asked.status, asked.headers.get("location")]).toEqual([201, "/api/v1/change-requests/1"]);
    expect(asked.json).toMatchObject({ number: 1, state: "OPEN", actions: ["withdraw"] });
    expect((await bob.send("/change-requests?inbox=true")).json).toMatchObject({
      total: 1,
      items: [{ number: 1, actions: ["approve", "reject"] }],
    });
    expect((await vic.send(`/change-requests/${asked.json.id}`)).json).toMatchObject({ number: 1, actions: [] });
    const approved = await post(bob, "/change-requests/1/approve", { comment: "Fine." });
    expect([approved.status, approved.json.state]).toEqual([200, "APPROVED"]);
    expect((await vic.send("/feature-groups/traffic")).json).toMatchObject({ statusCounts: { DRAFT: 0, ACTIVE: 1 } });
  });

  test("reject and withdraw", async () => {
    await post(ann, "/change-requests", ASK);
    expect((await post(bob, "/change-requests/1/reject", { comment: "No owner." })).json.state).toBe("REJECTED");
    await post(ann, "/change-requests", ASK);
    expect((await ann.send("/change-requests/2/withdraw", { method: "POST" })).json.state).toBe("WITHDRAWN");
    expect((await vic.send("/change-requests?closed=true")).json.total).toBe(2);
  });

  test("the same Idempotency-Key asks once", async () => {
    const send = () => ann.send("/change-requests", { body: ASK, headers: { "idempotency-key": "k" } });
    expect([(await send()).json.number, (await send()).json.number]).toEqual([1, 1]);
    expect((await vic.send("/change-requests")).json.total).toBe(1);
  });
});

describe("403", () => {
  test("asking takes an engineer, deciding a steward", async () => {
    expectProblem(await post(vic, "/change-requests", ASK), 403, "forbidden");
    expectProblem(
      await post(vic, "/change-requests/plan", { group: "traffic", targetStatus: "ACTIVE" }),
      403,
      "forbidden",
    );
    await post(bob, "/change-requests", ASK);
    expectProblem(await post(ann, "/change-requests/1/approve"), 403, "forbidden");
    expectProblem(await post(ann, "/change-requests/1/reject", { comment: "x" }), 403, "forbidden");
    expectProblem(await post(vic, "/change-requests/1/withdraw"), 403, "forbidden");
  });

  test("the requester does not decide, and the attempt is in the log", async () => {
    await post(bob, "/change-requests", ASK);
    const answer = await post(bob, "/change-requests/1/approve");
    expectProblem(answer, 403, "forbidden");
    expect(answer.json.detail).toBe("Bob made change request 1; somebody else decides it, whatever one's role");
    const denied = await base.db.auditEvent.findMany({ where: { resource: "change_request:1", outcome: "denied" } });
    expect(denied.at(-1)).toMatchObject({ action: "change.decide", actorName: "Bob" });
    expectProblem(await post(ann, "/change-requests/1/withdraw"), 403, "forbidden");
  });
});

describe("404", () => {
  test.each(["/change-requests/1", "/change-requests/chg_nothing", "/change-requests/x"])("GET %s", async (path) => {
    expectProblem(await bob.send(path), 404, "change_request_not_found");
  });
  test.each(["approve", "reject", "withdraw"])("POST /change-requests/1/%s", async (act) => {
    const body = act === "reject" ? { comment: "x" } : {};
    expectProblem(await post(bob, `/change-requests/1/${act}`, body), 404, "change_request_not_found");
  });
  test("what is asked for", async () => {
    expectProblem(await post(ann, "/change-requests", { ...ASK, group: "nothing" }), 404, "feature_group_not_found");
    expectProblem(await post(ann, "/change-requests", { ...ASK, features: ["nothing"] }), 404, "feature_not_found");
  });
});

describe("409", () => {
  test("lifecycle_refused names each", async () => {
    const answer = await post(ann, "/change-requests", { ...ASK, targetStatus: "RETIRED", features: ["departures"] });
    expectProblem(answer, 409, "lifecycle_refused");
    expect(answer.json.errors).toEqual([
      { code: "transition", detail: "traffic:departures is DRAFT and can become ACTIVE, not RETIRED" },
    ]);
  });
  test("state_conflict: decided already, or somebody else's", async () => {
    await post(ann, "/change-requests", ASK);
    expectProblem(await post(bob, "/change-requests", ASK), 409, "state_conflict");
    await post(bob, "/change-requests/1/approve");
    expectProblem(await post(bob, "/change-requests/1/approve"), 409, "state_conflict");
    expectProblem(await post(ann, "/change-requests/1/withdraw"), 409, "state_conflict");
  });
});

describe("422", () => {
  const deprecation = { note: "n", retireOn: "2026-02-01" };
  test.each<[string, object, string, string]>([
    ["no reason", { reason: " " }, "validation_failed", "/reason"],
    ["a status that nobody can ask for", { targetStatus: "DRAFT" }, "validation_failed", "/targetStatus"],
    ["no features", { features: [] }, "validation_failed", "/features"],
    ["an unknown field", { state: "APPROVED" }, "unknown_field", "/state"],
    ["no deprecation", { targetStatus: "DEPRECATED" }, "validation_failed", "/deprecation"],
    ["a deprecation too many", { deprecation }, "validation_failed", "/deprecation"],
    [
      "a day that does not exist",
      { deprecation: { ...deprecation, retireOn: "2026-02-30" } },
      "validation_failed",
      "/deprecation/retireOn",
    ],
    [
      "a day that has passed",
      { targetStatus: "DEPRECATED", deprecation: { ...deprecation, retireOn: "2026-01-01" } },
      "validation_failed",
      "/deprecation/retireOn",
    ],
  ])("%s", async (_name, about, code, pointer) => {
    const answer = await post(ann, "/change-requests", { ...ASK, ...about });
    expectProblem(answer, 422, code);
    expect(answer.json.errors).toMatchObject([{ pointer }]);
    expect((await vic.send("/change-requests")).json.total).toBe(0);
  });

  test("a rejection says why", async () => {
    await post(ann, "/change-requests", ASK);
    for (const body of [{}, { comment: "  " }])
      expectProblem(await post(bob, "/change-requests/1/reject", body), 422, "validation_failed");
  });
  test.each(["state=open", "inbox=perhaps", "limit=0", "sort=number"])("GET /change-requests?%s", async (query) => {
    expect((await vic.send(`/change-requests?${query}`)).status).toBe(422);
  });
});
