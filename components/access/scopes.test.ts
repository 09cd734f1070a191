import { describe, expect, test } from "vitest";
import { PERMISSIONS, SCOPES } from "@/lib/access/permissions";
import type { Role } from "@/lib/kernel/actor";
import { hasPermission, type Owner, scopeChoices } from "./scopes";

const as = (role: Role | null, sensitive = false): Owner => ({ role, sensitive });
const ROWS = Object.entries(PERMISSIONS).map(([permission, row]) => ({ permission, ...row }));

describe("scopeChoices", () => {
  test("offers each scope once, in the order of the table", () => {
    expect(scopeChoices(SCOPES, ROWS, as("viewer")).map(({ scope }) => scope)).toEqual([...SCOPES]);
  });

  test("names the role that a scope takes when the owner has too little", () => {
    const choices = scopeChoices(SCOPES, ROWS, as("viewer"));
    expect(choices.find(({ scope }) => scope === "catalog:read")?.takes).toBeNull();
    expect(choices.find(({ scope }) => scope === "definitions:write")?.takes).toBe("engineer or more");
    expect(choices.find(({ scope }) => scope === "runs:write")?.takes).toBe("scientist or more");
    expect(scopeChoices(SCOPES, ROWS, as("admin", true)).every(({ takes }) => takes === null)).toBe(true);
  });

  test("reading personal features takes that right and no role", () => {
    const takes = (owner: Owner): unknown =>
      scopeChoices(SCOPES, ROWS, owner).find(({ scope }) => scope === "sensitive:read")?.takes;
    expect(takes(as("admin"))).toBe("a sensitive reader");
    expect(takes(as("viewer", true))).toBeNull();
  });

  test("of a scope that is needed for several things it says only those that the owner may do", () => {
    const allows = (role: "scientist" | "engineer"): string[] =>
      scopeChoices(SCOPES, ROWS, as(role)).find(({ scope }) => scope === "runs:write")?.allows ?? [];
    expect(allows("scientist")).toHaveLength(1);
    expect(allows("engineer")).toHaveLength(2);
  });
});

test("a role has what it and those below it have; no role has what belongs to the instance", () => {
  expect(hasPermission(as("steward"), { role: "engineer" })).toBe(true);
  expect(hasPermission(as("engineer"), { role: "steward" })).toBe(false);
  expect(hasPermission(as("admin"), { role: "instance_admin" })).toBe(false);
  expect(hasPermission(as(null), { role: "viewer" })).toBe(false);
});
