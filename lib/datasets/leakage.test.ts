import { describe, expect, test } from "vitest";
import { type Noticed, warningsOf } from "./leakage";

const nothing: Noticed = { rowCount: 100, diagnostics: [], missing: {}, repeatedRows: 0, label: null, deprecated: [] };
const found = (matched: number, atLabelTime: number, association: number | null = null, pairs = matched) => ({
  diagnostics: [{ column: "f", matched, atLabelTime, association, pairs }],
});
const codes = (noticed: Partial<Noticed>) =>
  warningsOf({ ...nothing, ...noticed }).map(({ code, value }) => [code, value]);

describe("warningsOf", () => {
  test.each<[string, Partial<Noticed>, [string, number | null][]]>([
    ["nothing to say", {}, []],
    ["20 of 20 at the very instant", found(20, 20), [["event_time_is_label_time", 1]]],
    ["18 of 20", found(20, 18), [["event_time_is_label_time", 0.9]]],
    ["17 of 20 is less than 90 %", found(20, 17), []],
    ["19 matched are too few", found(19, 19), []],
    ["none matched", found(0, 0), []],
    ["an association of 0.95 over 50 rows", found(50, 0, 0.95), [["associated_with_label", 0.95]]],
    ["0.949 is less", found(50, 0, 0.949999), []],
    ["49 rows are too few", found(60, 0, 1, 49), []],
    ["an association that is not known", found(60, 0, null), []],
    [
      "both",
      found(60, 60, 1),
      [
        ["event_time_is_label_time", 1],
        ["associated_with_label", 1],
      ],
    ],
    ["half of the values missing", { missing: { f: 50 } }, [["mostly_null", 0.5]]],
    ["less than half", { missing: { f: 49, g: 0 } }, []],
    ["all but one, never rounded up to all", { rowCount: 100_000, missing: { f: 99_999 } }, [["mostly_null", 0.999]]],
    ["all", { missing: { f: 100 } }, [["always_null", 1]]],
    ["no rows at all", { rowCount: 0, missing: { f: 0 } }, []],
    ["repeated rows", { repeatedRows: 3 }, [["repeated_spine_rows", 3]]],
    ["a label that is not there", { label: { column: "late", nulls: null } }, [["label_missing", null]]],
    ["a label that is null in some rows", { label: { column: "late", nulls: 7 } }, [["label_missing", 7]]],
    ["a label that is always there", { label: { column: "late", nulls: 0 } }, []],
    ["a deprecated feature", { deprecated: [{ column: "f", detail: "f is DEPRECATED" }] }, [["deprecated", null]]],
  ])("%s", (_what, noticed, expected) => {
    expect(codes(noticed)).toEqual(expected);
  });

  test("says which column, and of what label", () => {
    const [warning] = warningsOf({ ...nothing, ...found(60, 0, 0.97), label: { column: "late", nulls: 0 } });
    expect(warning).toMatchObject({ column: "f", detail: expect.stringContaining("late") });
  });
});
