import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf } from "@/lib/testing/runs";
import { rowList } from "./row-list";

describe("rowList", () => {
  test("rows are as they were written", () => {
    const text =
      ' { "mode" : "append", "ro\\u0077s" : [ {"a":9007199254740993 ,"b":"]},\\"{"} ,\n{"a":1.10}, 5 ], "x": {"rows": [1]} } ';
    expect(rowList(text)).toEqual({
      rows: ['{"a":9007199254740993 ,"b":"]},\\"{"}', '{"a":1.10}', "5"],
      rest: { mode: "append", x: { rows: [1] } },
    });
    expect(rowList('{"rows":[]}')).toEqual({ rows: [], rest: {} });
    expect(rowList('{"rows":[1],"rows":[{}, "a"]}').rows).toEqual(["{}", '"a"']);
  });

  test("whatever JSON they are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.boolean(),
        (rows, rest, first) => {
          const { rows: _, ...others } = rest;
          const body = first ? { rows, ...others } : { ...others, rows };
          for (const text of [JSON.stringify(body), JSON.stringify(body, null, 2)]) {
            const found = rowList(text);
            expect(found.rows.map((row) => JSON.parse(row) as unknown)).toEqual(JSON.parse(JSON.stringify(rows)));
            expect(found.rest).toEqual(JSON.parse(JSON.stringify(others)));
          }
        },
      ),
    );
  });

  test.each([
    ["{", "malformed_json"],
    ['{"rows":[NaN]}', "malformed_json"],
    ['{"rows":[{"a":1,}]}', "malformed_json"],
    ["[]", "validation_failed"],
    ["null", "validation_failed"],
    ['{"rows":{}}', "validation_failed"],
    ["{}", "validation_failed"],
  ])("%s is %s", async (text, code) => {
    expect(await errorOf((async () => rowList(text))())).toMatchObject({ code });
  });
});
