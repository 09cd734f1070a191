import { describe, expect, test } from "vitest";
import { chooseType } from "./accept";

const OFFERED = ["application/json", "text/csv"];

describe("chooseType", () => {
  test.each([
    [null, "application/json"],
    ["", "application/json"],
    ["*/*", "application/json"],
    ["text/csv", "text/csv"],
    ["TEXT/CSV; header=present", "text/csv"],
    ["text/*", "text/csv"],
    ["text/html, */*;q=0.1", "application/json"],
    ["application/json;q=0.5, text/csv", "text/csv"],
    ["application/json;q=0, */*", "text/csv"],
    ["application/json, text/csv", "application/json"],
  ])("%j -> %s", (accept, expected) => {
    expect(chooseType(accept, OFFERED)).toBe(expected);
  });

  test.each(["text/html", "*/*;q=0", "text/csv;q=2", "nonsense"])("%j is not acceptable", (accept) => {
    expect(() => chooseType(accept, OFFERED)).toThrow("not_acceptable");
  });
});
