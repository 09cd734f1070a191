import { expect, test } from "vitest";
import { asName, completionSchema, namedRelations } from "./relations";

const relation = (name: string, refused: string | null = null) => ({
  name,
  kind: "source" as const,
  description: "",
  columns: [{ name: "a", type: "INT64" }],
  refused,
});

test("what may not be read is not offered", () => {
  expect(completionSchema([relation("flights"), relation("people", "personal")])).toEqual({ flights: ["a"] });
});

test.each([
  ["SELECT * FROM Flights JOIN b USING (a)", ["flights", "b"]],
  ["SELECT 'flights' -- b\n/* b */ FROM flights_old", []],
])("%s names %j", (sql, names) => {
  expect(namedRelations(sql, [{ name: "flights" }, { name: "b" }])).toEqual(names);
});

test.each([
  ["mean_delay", "mean_delay"],
  ["Mean Delay", '"Mean Delay"'],
  ['a"b', '"a""b"'],
])("%s is written %s", (name, sql) => expect(asName(name)).toBe(sql));
