import { describe, expect, it } from "vitest";
import type { ChangeRequestDetail } from "@/lib/registry/change-schema";
import { standingOf, titleOf, verbOf } from "./words";

const change: ChangeRequestDetail = {
  id: "chg_1",
  number: 1,
  group: "traffic",
  groupVersion: 1,
  features: [
    { name: "departures", from: "DRAFT" },
    { name: "mean_delay", from: "DRAFT" },
  ],
  targetStatus: "ACTIVE",
  reason: "Ready",
  state: "OPEN",
  requiredApprovals: 2,
  approvals: 1,
  requestedBy: { id: "usr_engineer", name: "Engineer" },
  requestedAt: "2026-01-01T00:00:00Z",
  closedAt: null,
  closedNote: null,
  checks: [],
  actions: [],
  deprecation: null,
  impact: { features: [], views: [], consumers: [], trainingSets: [] },
  diff: { definition: { before: null, after: "" }, statistics: [] },
  decisions: [],
  blockers: [],
  baseMoved: false,
};

describe("what a change request is called", () => {
  it("counts features, or names the only one", () => {
    expect(titleOf(change)).toBe("Activate 2 features of traffic");
    expect(titleOf({ ...change, features: [{ name: "departures", from: "ACTIVE" }], targetStatus: "DEPRECATED" })).toBe(
      "Deprecate traffic:departures",
    );
  });

  it("calls the way back from deprecated what it is", () => {
    expect(verbOf(["DEPRECATED", "DEPRECATED"], "ACTIVE")).toBe("Reactivate");
    expect(verbOf(["DEPRECATED", "DRAFT"], "ACTIVE")).toBe("Activate");
    expect(verbOf([], "ACTIVE")).toBe("Activate");
    expect(verbOf(["DEPRECATED"], "RETIRED")).toBe("Retire");
  });
});

const reader = (id: string, decides = false) => ({ id, decides });

describe("what is said to the one who looks", () => {
  it("tells the requester that somebody else decides", () => {
    expect(standingOf({ ...change, actions: ["withdraw"] }, reader("usr_engineer"))).toBe(
      "You made this request; somebody else decides. It waits for one approval.",
    );
  });

  it("tells the only member that the decision is their own", () => {
    expect(standingOf({ ...change, actions: ["approve"] }, reader("usr_engineer"))).toContain("self-approved");
  });

  it("tells who has decided, who may, and who may not", () => {
    const decisions = [
      {
        id: "dec_1",
        verdict: "approve" as const,
        comment: "",
        selfApproved: false,
        decidedBy: { id: "usr_steward", name: "Steward" },
        decidedAt: "2026-01-01T00:00:00Z",
      },
    ];
    expect(standingOf({ ...change, decisions }, reader("usr_steward"))).toBe(
      "You approved it. It waits for one approval.",
    );
    expect(standingOf({ ...change, approvals: 0, actions: ["approve", "reject"] }, reader("usr_admin"))).toBe(
      "It waits for 2 more approvals.",
    );
    expect(standingOf(change, reader("usr_viewer"))).toContain("Stewards and admins decide");
    expect(standingOf(change, reader("usr_keeper", true))).toContain("service account that you keep");
  });

  it("says of a closed one whether anything changed", () => {
    expect(standingOf({ ...change, state: "APPROVED" }, reader("x"))).toContain("are ACTIVE now");
    for (const state of ["REJECTED", "WITHDRAWN", "SUPERSEDED", "CONFLICTED"] as const)
      expect(standingOf({ ...change, state }, reader("x"))).toMatch(/nothing was changed/i);
  });
});
