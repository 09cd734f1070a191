import { describe, expect, test } from "vitest";
import { beginningsOf, type ColumnLink, type ColumnRef, columnKey, linksDown, linksUp } from "./column-lineage";

const ref = (text: string): ColumnRef => {
  const [name = "", column = ""] = text.split(".");
  return { name, column };
};
const origins = new Map(
  Object.entries({
    "clean.x": ["raw.a", "raw.b"],
    "g.f": ["clean.x"],
    "g.n": [],
    "h.f": ["g.f", "g.key", "raw.b"],
    "round.a": ["round.b"],
    "round.b": ["round.a"],
  }).map(([to, from]) => [columnKey(ref(to)), from.map(ref)]),
);
const shown = (links: ColumnLink[]): string =>
  links.map(({ from, to }) => `${from.name}.${from.column}>${to.name}.${to.column}`).join(" ");

describe("column lineage", () => {
  test.each([
    ["h.f", 1, "g.f>h.f g.key>h.f raw.b>h.f"],
    ["h.f", 9, "g.f>h.f g.key>h.f raw.b>h.f clean.x>g.f raw.a>clean.x raw.b>clean.x"],
    ["g.n", 9, ""],
    ["nobody.x", 9, ""],
    ["round.a", 9, "round.b>round.a round.a>round.b"],
  ])("up from %s, %i hops", (start, hops, expected) => {
    expect(shown(linksUp(origins, [ref(start)], hops))).toBe(expected);
  });
  test.each([
    ["raw.b", 1, "raw.b>clean.x raw.b>h.f"],
    ["raw.b", 9, "raw.b>clean.x raw.b>h.f clean.x>g.f g.f>h.f"],
    ["h.f", 9, ""],
  ])("down from %s, %i hops", (start, hops, expected) => {
    expect(shown(linksDown(origins, [ref(start)], hops))).toBe(expected);
  });
  test.each([
    ["h.f", "g.key raw.a raw.b"],
    ["g.f", "raw.a raw.b"],
    ["g.n", ""],
    ["raw.a", ""],
    ["round.a", ""],
  ])("%s begins in", (start, expected) => {
    expect(
      beginningsOf(origins, ref(start))
        .map(({ name, column }) => `${name}.${column}`)
        .join(" "),
    ).toBe(expected);
  });
});
