import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countChanges, type DiffBlock, diffLines } from "./line-diff";

const before = (blocks: DiffBlock[]): string[] =>
  blocks.flatMap((block) => (block.kind === "same" ? block.lines : block.removed));
const after = (blocks: DiffBlock[]): string[] =>
  blocks.flatMap((block) => (block.kind === "same" ? block.lines : block.added));

/** Length of the longest common subsequence by the textbook table. */
function commonLength(a: string[], b: string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = table[i] ?? [];
    for (let j = 1; j <= b.length; j += 1)
      row[j] = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
  }
  return at(a.length, b.length);
}

describe("difference of two texts", () => {
  it("tells what was removed and added, with line numbers of both texts", () => {
    expect(diffLines("name: a\nowner: x\nttl: 1d\n", "name: a\nowner: y\ntags: [t]\nttl: 1d\n")).toEqual([
      { kind: "same", beforeLine: 1, afterLine: 1, lines: ["name: a"] },
      { kind: "changed", beforeLine: 2, afterLine: 2, removed: ["owner: x"], added: ["owner: y", "tags: [t]"] },
      { kind: "same", beforeLine: 3, afterLine: 4, lines: ["ttl: 1d"] },
    ]);
  });

  it("is one block for equal texts, and none for empty ones", () => {
    expect(diffLines("a\nb", "a\r\nb\n")).toEqual([{ kind: "same", beforeLine: 1, afterLine: 1, lines: ["a", "b"] }]);
    expect(diffLines("", "")).toEqual([]);
    expect(diffLines("", "a\n")).toEqual([{ kind: "changed", beforeLine: 1, afterLine: 1, removed: [], added: ["a"] }]);
    expect(countChanges(diffLines("a\nb\nc", "b\nd"))).toEqual({ removed: 2, added: 1 });
  });

  it("gives back both texts and is as short as can be", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "  d: 1"), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (old, now) => {
        const blocks = diffLines(old.join("\n"), now.join("\n"));
        expect(before(blocks)).toEqual(old);
        expect(after(blocks)).toEqual(now);
        const { removed, added } = countChanges(blocks);
        expect(removed + added).toBe(old.length + now.length - 2 * commonLength(old, now));
        for (const [index, block] of blocks.slice(1).entries()) expect(block.kind).not.toBe(blocks[index]?.kind);
      }),
      { numRuns: 500 },
    );
  });

  it("ends soon for long texts that share nothing", () => {
    const lines = (letter: string): string => Array.from({ length: 30_000 }, (_, i) => `${letter}${i}`).join("\n");
    const blocks = diffLines(lines("a"), lines("b"));
    expect(countChanges(blocks)).toEqual({ removed: 30_000, added: 30_000 });
  });
});
