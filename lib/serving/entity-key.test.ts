import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { formatEntityId, keyFromObject, parseEntityId } from "./entity-key";

const keys = (...types: JoinKey["type"][]): JoinKey[] => types.map((type, index) => ({ name: `k${index}`, type }));

describe("parseEntityId", () => {
  test.each<[string, JoinKey[], Value[]]>([
    ["ATL", keys("STRING"), ["ATL"]],
    // A single key is taken as it stands: it may hold | and %.
    ["a|b%20c", keys("STRING"), ["a|b%20c"]],
    ["1001", keys("STRING"), ["1001"]],
    ["1001", keys("INT64"), [1001]],
    ["-5", keys("INT32"), [-5]],
    ["-2147483648", keys("INT32"), [-2147483648]],
    ["9007199254740993", keys("INT64"), ["9007199254740993"]],
    ["-9223372036854775808", keys("INT64"), ["-9223372036854775808"]],
    ["true", keys("BOOL"), [true]],
    ["2001-01-31", keys("DATE"), ["2001-01-31"]],
    ["2001-01-31T10:00:00+02:00", keys("TIMESTAMP"), ["2001-01-31T08:00:00.000000Z"]],
    ["ATL|LAX", keys("STRING", "STRING"), ["ATL", "LAX"]],
    ["a%7Cb|c%20d", keys("STRING", "STRING"), ["a|b", "c d"]],
    ["x|7|true", keys("STRING", "INT64", "BOOL"), ["x", 7, true]],
  ])("%s as %o", (text, joinKeys, expected) => {
    expect(parseEntityId(text, joinKeys, "thing")).toEqual(expected);
  });

  test.each<[string, JoinKey[]]>([
    ["", keys("STRING")],
    ["abc", keys("INT64")],
    ["1.5", keys("INT64")],
    ["1e3", keys("INT64")],
    ["", keys("INT64")],
    ["2147483648", keys("INT32")],
    ["-2147483649", keys("INT32")],
    ["9223372036854775808", keys("INT64")],
    ["0009007199254740993", keys("INT64")],
    ["05", keys("INT64")],
    ["-0", keys("INT32")],
    ["2001-01-31T10:00:00.0000001Z", keys("TIMESTAMP")],
    ["yes", keys("BOOL")],
    ["2001-02-30", keys("DATE")],
    ["2001-01-31T08:00:00Z", keys("DATE")],
    ["ATL", keys("STRING", "STRING")],
    ["ATL|LAX|JFK", keys("STRING", "STRING")],
    ["ATL|", keys("STRING", "STRING")],
    ["ATL|%ZZ", keys("STRING", "STRING")],
    ["ATL|x", keys("STRING", "INT64")],
  ])("refuses %s as %o", (text, joinKeys) => {
    expect(() => parseEntityId(text, joinKeys, "thing")).toThrow(/^invalid_key/);
  });

  test("reads what formatEntityId writes, for any texts", () => {
    const text = fc.string({ minLength: 1, unit: "grapheme" });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (values) => {
        const joinKeys = keys(...values.map(() => "STRING" as const));
        expect(parseEntityId(formatEntityId(values), joinKeys, "thing")).toEqual(values);
      }),
    );
  });
});

describe("keyFromObject", () => {
  const columns = [
    { name: "customer", type: "STRING" },
    { name: "driver", type: "INT64" },
  ];
  test("takes the keys in the entity's order, whatever the order of the fields", () => {
    expect(keyFromObject({ driver: 1, customer: "c" }, columns)).toEqual(["c", 1]);
    expect(keyFromObject({ customer: "c", driver: "1" }, columns)).toEqual(["c", 1]);
  });
  test.each<[Record<string, Value>, string]>([
    [{ customer: "c" }, "invalid_key"],
    [{}, "invalid_key"],
    [{ customer: "c", driver: null }, "null_key"],
    [{ customer: "c", driver: "1.0" }, "invalid_key"],
    [{ customer: "c", driver: "01" }, "invalid_key"],
    [{ customer: 1, driver: 1 }, "invalid_key"],
    [{ customer: "c", driver: 1.5 }, "invalid_key"],
    [{ customer: "c", driver: [1] }, "invalid_key"],
  ])("%o is %s", (object, code) => {
    expect(() => keyFromObject(object, columns)).toThrow(new RegExp(`^${code}`));
  });
});
