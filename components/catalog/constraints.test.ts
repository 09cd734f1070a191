import { expect, it } from "vitest";
import { describeConstraints } from "./constraints";

it.each([
  [null, []],
  [{ min: 0, max: 1 }, ["between 0 and 1"]],
  [{ min: 0, notNull: true }, ["at least 0", "never null"]],
  [{ max: 9, notNull: false }, ["at most 9"]],
  [{ allowed: ["a", 2, null] }, ["one of a, 2, null"]],
])("constraints %j read %j", (constraints, words) => {
  expect(describeConstraints(constraints)).toEqual(words);
});
