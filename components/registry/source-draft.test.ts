import { describe, expect, test } from "vitest";
import { SourceDefinition } from "@/lib/registry/definition-schema";
import { definitionOf, draftOf, EMPTY_SOURCE } from "./source-draft";

const base = { kind: "source" as const, name: "s", description: "", tags: [] };

describe("a source in the form", () => {
  test.each([
    ["files", { ...base, files: { format: "csv" as const, paths: ["a.csv", "b/*.csv"] }, eventTime: "at" }],
    ["SQL", { ...base, sql: "SELECT 1", owner: "ops" }],
    ["a table", { ...base, postgres: { connection: "SHOP", table: "public.orders" }, createdTime: "written" }],
  ])("%s comes back as it was", (_, definition) => {
    const again = definitionOf(draftOf(definition));
    expect(again).toEqual(definition);
    expect(SourceDefinition.safeParse(again).success).toBe(true);
  });

  test("only the fields of the chosen kind are sent", () => {
    const draft = {
      ...EMPTY_SOURCE,
      name: "s",
      sql: "SELECT 1",
      paths: "a.csv\n\n",
      connection: " SHOP ",
      table: "orders",
    };
    expect(definitionOf({ ...draft, kind: "postgres" })).toEqual({
      ...base,
      postgres: { connection: "SHOP", table: "orders" },
    });
    expect(definitionOf({ ...draft, kind: "files" })).toEqual({ ...base, files: { format: "csv", paths: ["a.csv"] } });
  });
});
