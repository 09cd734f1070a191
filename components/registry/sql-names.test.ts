import { describe, expect, test } from "vitest";
import { Name } from "@/lib/kernel/names";
import { indented, nameFrom, selectOf, sqlName } from "./sql-names";

test.each([
  ["sales", "sales"],
  ["at", '"at"'],
  ["Total", '"Total"'],
  ["a b", '"a b"'],
  ['a"b', '"a""b"'],
  ["1st", '"1st"'],
])("%s stands in SQL as %s", (name, expected) => expect(sqlName(name)).toBe(expected));

test.each([
  ["Total Sales (€)", "total_sales"],
  ["customerID", "customer_id"],
  ["Größe", "gro_e"],
  ["2nd price", "nd_price"],
  ["__x__", "x"],
  ["日本", ""],
  ["x".repeat(80), "x".repeat(63)],
])("%s becomes the name %s", (text, expected) => {
  expect(nameFrom(text)).toBe(expected);
  if (expected) expect(Name.safeParse(expected).success).toBe(true);
});

describe("the SELECT that is written for a beginner", () => {
  test("keeps good names and gives others one", () => {
    expect(selectOf(["shop", "at", "Net Sales", "net_sales", "日本", "語"], "Raw")).toBe(
      'SELECT\n  shop,\n  "at",\n  "Net Sales" AS net_sales,\n  net_sales AS net_sales_2,\n  "日本" AS "column",\n  "語" AS column_2\nFROM "Raw"',
    );
  });
});

test("SQL in parentheses loses its semicolon and nothing else", () => {
  expect(indented("SELECT ';' AS a -- b;\n\nFROM x ;\n")).toBe("  SELECT ';' AS a -- b;\n\n  FROM x ");
});
