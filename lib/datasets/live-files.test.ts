import { describe, expect, test } from "vitest";
import { type CommitChange, type KnownFile, liveFiles } from "./live-files";

const file = (id: string, from: number, to: number): KnownFile => ({
  id,
  minEventTime: day(from),
  maxEventTime: day(to),
});
const day = (n: number): string => `2026-01-${String(n).padStart(2, "0")}T00:00:00.000000Z`;

function commit(sequence: number, mode: string, rest: Partial<CommitChange<KnownFile>> = {}): CommitChange<KnownFile> {
  return { sequence, mode, rangeStart: null, rangeEnd: null, restores: null, replaces: [], files: [], ...rest };
}

const A = file("a", 1, 5);
const B = file("b", 6, 9);
const C = file("c", 3, 7);
const shown = (commits: CommitChange<KnownFile>[], at?: number) =>
  liveFiles(commits, at).map(({ file: { id }, sequence, hidden }) => ({ id, sequence, hidden: hidden.length }));

describe("liveFiles", () => {
  const appended = [commit(1, "append", { files: [A] }), commit(2, "append", { files: [B] })];

  test("appends add up, and every commit can be gone back to", () => {
    expect(shown(appended)).toEqual([
      { id: "a", sequence: 1, hidden: 0 },
      { id: "b", sequence: 2, hidden: 0 },
    ]);
    expect(shown(appended, 1)).toEqual([{ id: "a", sequence: 1, hidden: 0 }]);
    expect(shown(appended, 0)).toEqual([]);
  });

  test("an overwrite of everything leaves only its own files", () => {
    expect(shown([...appended, commit(3, "overwrite", { files: [C] })])).toEqual([{ id: "c", sequence: 3, hidden: 0 }]);
    expect(shown([...appended, commit(3, "overwrite")])).toEqual([]);
  });

  test("an overwrite of a range drops files inside it, hides rows of files across its edge, leaves the rest", () => {
    const range = { rangeStart: day(5), rangeEnd: day(20) };
    expect(shown([...appended, commit(3, "overwrite", { ...range, files: [C] })])).toEqual([
      { id: "a", sequence: 1, hidden: 1 },
      { id: "c", sequence: 3, hidden: 0 },
    ]);
  });

  test("the start of a range is inside it and its end is not", () => {
    const at = (rangeStart: string | null, rangeEnd: string | null) =>
      shown([commit(1, "append", { files: [A] }), commit(2, "overwrite", { rangeStart, rangeEnd })]);
    expect(at(day(1), day(6))).toEqual([]);
    expect(at(day(1), day(5))).toEqual([{ id: "a", sequence: 1, hidden: 1 }]);
    expect(at(day(6), null)).toEqual([{ id: "a", sequence: 1, hidden: 0 }]);
    expect(at(null, day(1))).toEqual([{ id: "a", sequence: 1, hidden: 0 }]);
    expect(at(null, day(6))).toEqual([]);
  });

  test("a compaction replaces the files it names and no others", () => {
    const compacted = [...appended, commit(3, "compact", { replaces: ["a"], files: [C] })];
    expect(shown(compacted)).toEqual([
      { id: "b", sequence: 2, hidden: 0 },
      { id: "c", sequence: 3, hidden: 0 },
    ]);
    expect(shown(compacted, 2)).toHaveLength(2);
  });

  test("a restore shows what its commit showed, and what is appended after it", () => {
    const commits = [
      ...appended,
      commit(3, "overwrite", { files: [C] }),
      commit(4, "restore", { restores: 2 }),
      commit(5, "append", { files: [file("d", 1, 1)] }),
    ];
    expect(shown(commits).map(({ id }) => id)).toEqual(["a", "b", "d"]);
    expect(shown(commits, 3).map(({ id }) => id)).toEqual(["c"]);
  });

  test("ranges that touch are hidden as one, and a file that they cover together is gone", () => {
    const hide = (from: number, to: number, sequence: number) =>
      commit(sequence, "overwrite", { rangeStart: day(from), rangeEnd: day(to) });
    const [first, ...overwrites] = [commit(1, "append", { files: [A] }), hide(4, 5, 2), hide(2, 3, 3), hide(3, 4, 4)];
    const commits = [first as CommitChange<KnownFile>, ...overwrites];
    expect(liveFiles(commits, 3)[0]?.hidden).toEqual([
      { start: day(4), end: day(5) },
      { start: day(2), end: day(3) },
    ]);
    expect(liveFiles(commits)[0]?.hidden).toEqual([{ start: day(2), end: day(5) }]);
    const covered = [...commits, commit(5, "overwrite", { rangeStart: day(5) }), hide(1, 2, 6)];
    expect(shown(covered, 5)).toHaveLength(1);
    expect(shown(covered)).toEqual([]);
    // Going back finds what was hidden then, and nothing that was added since.
    expect(liveFiles([...covered, commit(7, "restore", { restores: 3 })])[0]?.hidden).toHaveLength(2);
    expect(shown([...covered, commit(7, "restore", { restores: 1 })])).toEqual([{ id: "a", sequence: 1, hidden: 0 }]);
  });

  test("thousands of commits do not keep others waiting", () => {
    const at = (n: number): string => String(n).padStart(6, "0");
    const commits = Array.from({ length: 5000 }, (_, n) =>
      commit(n + 1, "overwrite", {
        rangeStart: at(n),
        rangeEnd: at(n + 1),
        files: [{ id: at(n), minEventTime: at(n), maxEventTime: at(n) }],
      }),
    );
    const begun = performance.now();
    expect(liveFiles(commits)).toHaveLength(5000);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});
