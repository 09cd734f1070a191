import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KnownFile, liveFiles } from "./live-files";
import { type AgingCommit, type Holds, mayHoldBefore, planExpiry } from "./retention";

type File = KnownFile & { garbageAt: Date | null };
type Commit = AgingCommit<File>;

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const text = (n: number): string => `2026-01-${String(n).padStart(2, "0")}T00:00:00.000000Z`;
const file = (id: string, from = 1, to = 5): File => ({
  id,
  minEventTime: text(from),
  maxEventTime: text(to),
  garbageAt: null,
});

/** Commit n of the first of January and so on, with the files named. */
function commit(sequence: number, mode: string, files: (string | File)[] = [], rest: Partial<Commit> = {}): Commit {
  const made = files.map((one) => (typeof one === "string" ? file(one) : one));
  const base = { rangeStart: null, rangeEnd: null, restores: null, replaces: [], expiredAt: null };
  return { ...base, sequence, mode, files: made, committedAt: day(sequence), ...rest };
}

const NONE: Holds = { by: new Map(), since: null };
const held = (...sequences: number[]): Holds => ({
  by: new Map(sequences.map((one) => [one, ["snapshot:s"]])),
  since: null,
});
const plan = (commits: Commit[], cutoff: Date | null, holds = NONE) => {
  const { expire, garbage, held: kept } = planExpiry(commits, cutoff, holds);
  return { expire, garbage: garbage.map(({ id }) => id), held: kept.map(({ sequence }) => sequence) };
};

const REPLACED = [commit(1, "overwrite", ["a"]), commit(2, "overwrite", ["b"]), commit(3, "overwrite", ["c"])];
const APPENDED = [commit(1, "append", ["a"]), commit(2, "append", ["b"]), commit(3, "append", ["c"])];

describe("planExpiry", () => {
  test.each<[string, Commit[], Date | null, Holds, ReturnType<typeof plan>]>([
    ["no cutoff: nothing ends", REPLACED, null, NONE, { expire: [], garbage: [], held: [] }],
    [
      "older ones end and their files are garbage",
      REPLACED,
      day(3),
      NONE,
      { expire: [1, 2], garbage: ["a", "b"], held: [] },
    ],
    ["as old as the cutoff is not older", REPLACED, day(2), NONE, { expire: [1], garbage: ["a"], held: [] }],
    ["the newest never ends", REPLACED, day(9), NONE, { expire: [1, 2], garbage: ["a", "b"], held: [] }],
    ["files that newer commits show stay", APPENDED, day(9), NONE, { expire: [1, 2], garbage: [], held: [] }],
    ["what is held stays, with its files", REPLACED, day(9), held(1), { expire: [2], garbage: ["b"], held: [1] }],
    [
      "what is held and young is not mentioned",
      REPLACED,
      day(2),
      held(2, 3),
      { expire: [1], garbage: ["a"], held: [] },
    ],
    [
      "work that began on the second reads the commit that was newest then",
      REPLACED,
      day(9),
      { by: new Map(), since: new Date(Date.UTC(2026, 0, 2, 12)) },
      { expire: [1], garbage: ["a"], held: [] },
    ],
    [
      "a restore keeps the files that it went back to, though the commit it names ends",
      [...REPLACED, commit(4, "restore", [], { restores: 1 })],
      day(9),
      NONE,
      { expire: [1, 2, 3], garbage: ["b", "c"], held: [] },
    ],
    [
      "what a compaction wrote again is garbage once no older commit can be read",
      [...APPENDED, commit(4, "compact", ["abc"], { replaces: ["a", "b", "c"] })],
      day(9),
      NONE,
      { expire: [1, 2, 3], garbage: ["a", "b", "c"], held: [] },
    ],
    [
      "and stays while one can",
      [...APPENDED, commit(4, "compact", ["abc"], { replaces: ["a", "b", "c"] })],
      day(3),
      NONE,
      { expire: [1, 2], garbage: [], held: [] },
    ],
    [
      "a file whose rows are partly hidden stays, one that lies wholly within the range goes",
      [
        commit(1, "append", [file("in", 1, 2), file("across", 1, 5)]),
        commit(2, "overwrite", [], { rangeEnd: text(4) }),
      ],
      day(9),
      NONE,
      { expire: [1], garbage: ["in"], held: [] },
    ],
    [
      "what has expired is not ended again, and files it left behind are garbage",
      [commit(1, "overwrite", ["a"], { expiredAt: day(2) }), ...REPLACED.slice(1)],
      null,
      NONE,
      { expire: [], garbage: ["a"], held: [] },
    ],
    [
      "what is garbage already is not named again",
      [commit(1, "overwrite", [{ ...file("a"), garbageAt: day(2) }], { expiredAt: day(2) }), ...REPLACED.slice(1)],
      day(9),
      NONE,
      { expire: [2], garbage: ["b"], held: [] },
    ],
    ["no commits", [], day(9), NONE, { expire: [], garbage: [], held: [] }],
  ])("%s", (_, commits, cutoff, holds, expected) => {
    expect(plan(commits, cutoff, holds)).toEqual(expected);
  });

  /** Any history, with restores to any commit before and compactions of any files that are shown. */
  const history = fc
    .array(
      fc.record({
        mode: fc.constantFrom("append", "append", "overwrite", "range", "compact", "restore"),
        files: fc.integer({ min: 0, max: 2 }),
        at: fc.integer({ min: 1, max: 20 }),
        span: fc.integer({ min: 0, max: 8 }),
        pick: fc.nat(),
        expired: fc.boolean(),
        // Clocks may be set back between commits.
        committed: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((steps) => {
      const commits: Commit[] = [];
      for (const [index, step] of steps.entries()) {
        const sequence = index + 1;
        const files = Array.from({ length: step.files }, (_, i) =>
          file(`${sequence}.${i}`, step.at, step.at + step.span),
        );
        const shown = liveFiles(commits).map(({ file: { id } }) => id);
        const expiredAt = step.expired && index < steps.length - 1 ? day(1) : null;
        const about = { committedAt: day(step.committed), expiredAt };
        if (step.mode === "restore" && index > 0)
          commits.push(commit(sequence, "restore", [], { ...about, restores: (step.pick % index) + 1 }));
        else if (step.mode === "compact" && shown.length > 0)
          commits.push(
            commit(sequence, "compact", files, { ...about, replaces: shown.slice(step.pick % shown.length) }),
          );
        else if (step.mode === "range")
          commits.push(commit(sequence, "overwrite", files, { ...about, rangeEnd: text(step.at) }));
        else commits.push(commit(sequence, step.mode === "overwrite" ? "overwrite" : "append", files, about));
      }
      return commits;
    });

  test("a file that any readable commit shows is never garbage, and every other one is", () => {
    fc.assert(
      fc.property(
        history,
        fc.integer({ min: 1, max: 21 }),
        fc.array(fc.integer({ min: 1, max: 14 })),
        (commits, n, keep) => {
          const { expire, garbage } = plan(commits, day(n), held(...keep));
          const ended = new Set(expire);
          const readable = commits.filter(
            ({ sequence, expiredAt }) => keep.includes(sequence) || (expiredAt === null && !ended.has(sequence)),
          );
          const needed = new Set(
            readable.flatMap(({ sequence }) => liveFiles(commits, sequence).map((one) => one.file.id)),
          );
          const all = commits.flatMap(({ files }) => files.map(({ id }) => id));
          expect(garbage.sort()).toEqual(all.filter((id) => !needed.has(id)).sort());
          expect(ended.has(commits.length)).toBe(false);
          expect(keep.some((sequence) => ended.has(sequence))).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("mayHoldBefore", () => {
  const live = (hidden: { start: string | null; end: string | null }[], known: KnownFile = file("a", 3, 9)) => ({
    file: known,
    sequence: 1,
    hidden,
  });
  test.each<[string, ReturnType<typeof live>, number, boolean]>([
    ["rows before it", live([]), 4, true],
    ["the first row is at it", live([]), 3, false],
    ["the rows before it are hidden", live([{ start: null, end: text(5) }]), 5, false],
    ["more than is hidden", live([{ start: null, end: text(5) }]), 6, true],
    ["a hole says nothing of what is before it", live([{ start: text(3), end: text(5) }]), 4, true],
    ["nobody knows", live([], { id: "x", minEventTime: null, maxEventTime: null }), 1, true],
  ])("%s", (_, one, cutoff, expected) => {
    expect(mayHoldBefore(one, text(cutoff))).toBe(expected);
  });
});
