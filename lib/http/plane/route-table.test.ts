import { describe, expect, test } from "vitest";
import type { PlaneRoute } from "./route";
import { RouteTable } from "./route-table";

const route = (method: "GET" | "POST", path: string): PlaneRoute => ({
  method,
  path,
  name: path,
  run: async () => ({ status: 200, body: "" }),
});
const table = new RouteTable([
  route("POST", "/push"),
  route("GET", "/push"),
  route("GET", "/f/{name}/entity/{id}"),
  route("GET", "/a.b"),
]);

describe("RouteTable", () => {
  test.each([
    ["POST", "/push", { name: "/push" }],
    ["GET", "/f/x%20y/entity/1", { name: "/f/{name}/entity/{id}", path: { name: "x y", id: "1" } }],
    ["GET", "/f/x/entity/a%7Cb|c", { name: "/f/{name}/entity/{id}", path: { name: "x", id: "a%7Cb|c" } }],
    ["DELETE", "/push", { allowed: ["GET", "POST"] }],
    ["POST", "/f/x/entity/1", { allowed: ["GET"] }],
    ["GET", "/axb", { allowed: [] }],
    ["GET", "/f/x/entity/", { allowed: [] }],
    ["GET", "/f/x/entity/1/2", { allowed: [] }],
    ["GET", "/", { allowed: [] }],
  ])("%s %s", (method, path, expected) => {
    const found = table.find(method, path);
    const seen = "route" in found ? { name: found.route.name, path: { ...found.path } } : found;
    expect(seen).toEqual("name" in expected ? { path: {}, ...expected } : expected);
  });

  test("a path that is not URL-encoded is told", () => {
    expect(() => table.find("GET", "/f/%ff/entity/1")).toThrow(/URL-encoded/);
  });
});
