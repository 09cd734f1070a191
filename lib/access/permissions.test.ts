import { describe, expect, test } from "vitest";
import type { Role } from "@/lib/kernel/actor";
import { allows, type Permission } from "./permissions";

describe("allows", () => {
  test.each<[Role, Permission, boolean]>([
    ["viewer", "catalog.read", true],
    ["viewer", "data.read", true],
    ["viewer", "training_set.create", false],
    ["scientist", "training_set.create", true],
    ["scientist", "definition.write", false],
    ["engineer", "definition.write", true],
    ["engineer", "run.start", true],
    ["steward", "run.start", true],
    ["admin", "definition.write", true],
  ])("%s %s -> %s", (role, permission, expected) => {
    expect(allows({ kind: "user", role }, permission)).toBe(expected);
  });
});
