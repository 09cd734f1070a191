import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readParams, singleParams, withParams } from "./search-params";

describe("page state in the URL", () => {
  it("sets, removes and keeps", () => {
    expect(withParams("/features", "q=delay&cursor=x", { cursor: null, group: "a" })).toBe("/features?q=delay&group=a");
    expect(withParams("/features", "q=delay", { q: "" })).toBe("/features");
  });

  it("reads repeated and empty parameters as single values", () => {
    expect(singleParams({ q: ["a", "b"], tag: "", group: undefined, sort: "name" })).toEqual({ q: "a", sort: "name" });
  });

  it("leaves out what is not valid", () => {
    const schema = z.object({ status: z.enum(["ACTIVE"]).optional(), limit: z.coerce.number().max(10).default(5) });
    expect(readParams(schema, { status: "NEW", limit: "7", other: "x" })).toEqual({ limit: 7 });
    expect(readParams(schema, { limit: "700" })).toEqual({ limit: 5 });
  });
});
