import { describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { toCsv } from "./csv";

describe("toCsv", () => {
  test.each<[string, Value, string]>([
    ["STRING", "plain", "plain"],
    ["STRING", '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ["STRING", "+1", "'+1"],
    ["STRING", "-1", "'-1"],
    ["STRING", "@SUM(A1)", "'@SUM(A1)"],
    ["STRING", "\tx", "'\tx"],
    ["STRING", "\rx", `"'\rx"`],
    ["STRING", 'a "b", c\nd', '"a ""b"", c\nd"'],
    ["STRING", "", '""'],
    ["STRING", null, ""],
    ["INT32", -1, "-1"],
    ["INT64", "-9007199254740993", "-9007199254740993"],
    ["DECIMAL(10,2)", "-12.50", "-12.50"],
    ["FLOAT64", "-Infinity", "-Infinity"],
    ["BOOL", true, "true"],
    ["FLOAT64[]", [1, -2.5], '"[1,-2.5]"'],
    ["JSON", { a: "=1" }, '"{""a"":""=1""}"'],
  ])("%s %j -> %s", (type, value, expected) => {
    expect(toCsv({ columns: [{ name: "a", type }], rows: [[value]] })).toBe(`a\r\n${expected}\r\n`);
  });

  test("column names are text too", () => {
    expect(
      toCsv({
        columns: [
          { name: "=x", type: "INT32" },
          { name: "b,c", type: "INT32" },
        ],
        rows: [[1]],
      }),
    ).toBe(`'=x,"b,c"\r\n1,\r\n`);
  });
});
