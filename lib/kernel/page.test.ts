import { describe, expect, it } from "vitest";
import { z } from "zod";
import { nextCursor, offsetOf, PageQuery, pageOf } from "./page";

const encode = (text: string): string => Buffer.from(text).toString("base64url");

describe("a cursor", () => {
  it("leads through a list page by page, to its end and no further", () => {
    const items = Array.from({ length: 23 }, (_, index) => index);
    const seen: number[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const offset = offsetOf(cursor);
      const page = items.slice(offset, offset + 5);
      seen.push(...page);
      const next = nextCursor(offset, page.length, items.length);
      if (next === null) break;
      cursor = next;
    }
    expect(seen).toEqual(items);
  });

  it.each([
    [0, 50, 50, null],
    [0, 0, 0, null],
    [50, 0, 100, null],
    [100, 50, 120, null],
    [0, 50, 51, 50],
    [150, 50, 1_000, 200],
  ])("after offset %d with %d of %d rows stands for %s", (offset, count, total, expected) => {
    const cursor = nextCursor(offset, count, total);
    expect(cursor === null ? null : offsetOf(cursor)).toBe(expected);
  });

  it.each([
    ["nothing", ""],
    ["a plain number", "50"],
    ["a word", "next"],
    ["not base64url", "bzo1MA=="],
    ["characters that decoding skips", "bz*o1MA"],
    ["a space", " bzo1MA"],
    ["trailing bits that decoding drops", `${encode("o:5").slice(0, -1)}V!`],
    ["another prefix", encode("p:50")],
    ["no number", encode("o:")],
    ["a negative number", encode("o:-1")],
    ["a fraction", encode("o:1.5")],
    ["an exponent", encode("o:1e3")],
    ["the start, which has none", encode("o:0")],
    ["leading zeros", encode("o:0050")],
    ["ten digits", encode("o:1000000000")],
    ["a line more", encode("o:50\n")],
    ["SQL", encode("o:50; DROP TABLE feature")],
    ["other digits", encode("o:٥٠")],
  ])("forged is refused: %s", (_name, cursor) => {
    expect(() => offsetOf(cursor)).toThrow(expect.objectContaining({ code: "invalid_parameter" }));
  });

  it("absent stands for the start", () => {
    expect(offsetOf(undefined)).toBe(0);
  });
});

describe("PageQuery", () => {
  it.each<[unknown, unknown]>([
    [{}, { limit: 50 }],
    [{ limit: "1" }, { limit: 1 }],
    [
      { limit: 200, cursor: "bzo1MA" },
      { limit: 200, cursor: "bzo1MA" },
    ],
  ])("%j", (input, query) => {
    expect(PageQuery.parse(input)).toEqual(query);
  });

  it.each([
    { limit: 0 },
    { limit: 201 },
    { limit: -1 },
    { limit: "1.5" },
    { limit: "many" },
    { limit: "" },
    { cursor: "x".repeat(201) },
  ])("%j is refused", (input) => {
    expect(PageQuery.safeParse(input).success).toBe(false);
  });
});

describe("pageOf", () => {
  it("is the schema of a page", () => {
    const schema = pageOf(z.string());
    expect(schema.safeParse({ items: ["a"], nextCursor: null, total: 1 }).success).toBe(true);
    expect(schema.safeParse({ items: [1], nextCursor: null, total: 1 }).success).toBe(false);
    expect(schema.safeParse({ items: [], total: 0 }).success).toBe(false);
  });
});
