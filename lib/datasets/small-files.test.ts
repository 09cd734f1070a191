import { expect, test } from "vitest";
import { type SizedFile, SMALL_BYTES, SMALL_ROWS, smallFiles } from "./small-files";

const file = (commitSequence: number, rest: Partial<SizedFile> = {}): SizedFile => ({
  commitSequence,
  rowCount: 10,
  byteCount: 1000,
  ...rest,
});
const LARGE = { rowCount: SMALL_ROWS, byteCount: SMALL_BYTES };

test.each<[string, SizedFile[], number[]]>([
  ["none", [], []],
  ["three are too few", [file(1), file(2), file(3)], []],
  ["four, oldest first", [file(4), file(1), file(3), file(2)], [1, 3, 2, 0]],
  ["large ones stay", [file(1), file(2, LARGE), file(3), file(4), file(5)], [0, 2, 3, 4]],
  ["few rows in many bytes", [1, 2, 3, 4].map((i) => file(i, { ...LARGE, rowCount: 5 })), [0, 1, 2, 3]],
  ["many rows in few bytes", [1, 2, 3, 4].map((i) => file(i, { ...LARGE, byteCount: 5 })), [0, 1, 2, 3]],
  ["a commit with a large file stays whole", [file(1), file(1, LARGE), file(2), file(3), file(4)], []],
  ["files of one commit go together", [file(1), file(1), file(2), file(2)], [0, 1, 2, 3]],
  [
    "no more than can be sorted at once",
    [1, 2, 3, 4, 5, 6].map((i) => file(i, { rowCount: 5, byteCount: 450_000_000 })),
    [0, 1, 2, 3],
  ],
])("%s", (_, files, expected) => expect(smallFiles(files)).toEqual(expected));
