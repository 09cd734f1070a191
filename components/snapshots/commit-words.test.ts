import { describe, expect, test } from "vitest";
import { commitWords, rowsNowAndThen } from "./commit-words";

const base = { range: null, restores: null, replacedFiles: 0, rowCount: 5 };
const range = (start: string | null, end: string | null) => ({ start, end });
const [FIRST, SECOND] = ["2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z"];

describe("commitWords", () => {
  test.each<[Parameters<typeof commitWords>[0], string]>([
    [{ ...base, mode: "append" }, "Added rows"],
    [{ ...base, mode: "overwrite" }, "Replaced everything"],
    [{ ...base, mode: "overwrite", rowCount: 0 }, "Removed everything"],
    [
      { ...base, mode: "overwrite", range: range(FIRST, SECOND) },
      "Replaced events from 1 Jan 2026, 00:00 UTC until before 2 Jan 2026, 00:00 UTC",
    ],
    [
      { ...base, mode: "overwrite", range: range(null, SECOND), rowCount: 0 },
      "Removed events before 2 Jan 2026, 00:00 UTC",
    ],
    [{ ...base, mode: "overwrite", range: range(FIRST, null) }, "Replaced events from 1 Jan 2026, 00:00 UTC on"],
    [{ ...base, mode: "compact", replacedFiles: 1200 }, "Merged 1,200 files into one; no row changed"],
    [{ ...base, mode: "restore", restores: 7 }, "Went back to commit 7"],
  ])("%j", (commit, words) => {
    expect(commitWords(commit)).toBe(words);
  });
});

describe("rowsNowAndThen", () => {
  test.each([
    [3, 2, "It has 3 rows now and will have 2, 1 fewer."],
    [2, 2000, "It has 2 rows now and will have 2,000, 1,998 more."],
    [5, 5, "It has 5 rows before and after, though not the same ones."],
  ])("%i to %i", (now, then, words) => {
    expect(rowsNowAndThen(now, then)).toBe(words);
  });
});
