import { describe, expect, it } from "vitest";
import { rowOf } from "./conformance-cases";
import { decodeRow, encodeRow, replaces } from "./row-encoding";

describe("a stored row", () => {
  it("is the text it is", () => {
    const row = rowOf(1, -0, { createdTime: "2001-01-02T00:00:00.000000Z", values: [-0, "NaN", null, { a: [1] }] });
    expect(encodeRow(row, null)).toBe(
      '["2001-01-01T00:00:00.000000Z","2001-01-02T00:00:00.000000Z",1,1,[-0,"NaN",null,{"a":[1]}]]',
    );
  });

  it("of another key with the same hash is neither read nor replaced", () => {
    const text = encodeRow(rowOf(1, "mine"), "my key");
    expect(decodeRow(text, "my key")).toEqual(rowOf(1, "mine"));
    expect(decodeRow(text, "your key")).toBeNull();
    expect(() => replaces(rowOf(2, "yours"), text, "your key")).toThrow("data_corrupt");
  });

  it("that is damaged says so", () => {
    expect(() => decodeRow('["2001-01-01T00:00:00.000000Z",nul', null)).toThrow("data_corrupt");
  });

  it.each([
    ["commitSequence", { commitSequence: 1.5 }, "validation_failed"],
    ["rowNumber", { rowNumber: 2 ** 53 }, "validation_failed"],
    ["eventTime with milliseconds only", { eventTime: "2001-01-01T00:00:00.000Z" }, "invalid_timestamp"],
    ["createdTime with an offset", { createdTime: "2001-01-01T00:00:00.000000+01:00" }, "invalid_timestamp"],
  ])("refuses %s", (_name, wrong, code) => {
    expect(() => encodeRow(rowOf(1, "x", wrong), null)).toThrow(code);
  });
});
