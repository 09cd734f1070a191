import { describe, expect, test } from "vitest";
import { CreateTrainingSet, TrainingSplit } from "./training-schema";

const hash = (...shares: number[]) => ({ by: "hash", parts: shares.map((share, i) => ({ name: `p${i}`, share })) });
const time = (...untils: (string | undefined)[]) => ({
  by: "time",
  parts: untils.map((until, i) => ({ name: `p${i}`, ...(until === undefined ? {} : { until }) })),
});

describe("a split", () => {
  test.each<[string, object, boolean]>([
    ["shares that add up to 1", hash(0.7, 0.2, 0.1), true],
    ["three thirds", hash(1 / 3, 1 / 3, 1 / 3), true],
    ["shares that do not", hash(0.7, 0.2), false],
    ["one part", hash(1), false],
    ["six parts", hash(...Array.from({ length: 6 }, () => 1 / 6)), false],
    ["a share of nothing", hash(0, 1), false],
    [
      "two parts of one name",
      {
        by: "hash",
        parts: [
          { name: "a", share: 0.5 },
          { name: "a", share: 0.5 },
        ],
      },
      false,
    ],
    ["a part without a share", { by: "hash", parts: [{ name: "a" }, { name: "b", share: 1 }] }, false],
    ["no columns to split by", { ...hash(0.5, 0.5), keys: [] }, false],
    ["times that ascend", time("2024-01-01", "2024-02-01T00:00:00Z", undefined), true],
    ["times that do not", time("2024-02-01", "2024-01-01", undefined), false],
    ["one time twice", time("2024-01-01", "2024-01-01T01:00:00+01:00", undefined), false],
    ["no open part", time("2024-01-01", "2024-02-01"), false],
    ["two open parts", time("2024-01-01", undefined, undefined), false],
    ["a time that is none", time("2024-02-30", undefined), false],
    ["shares by time", { by: "time", parts: [{ name: "a", share: 0.5 }, { name: "b" }] }, false],
    ["another way", { by: "random", parts: [] }, false],
  ])("with %s", (_what, split, good) => {
    expect(TrainingSplit.safeParse(split).success).toBe(good);
  });
});

test.each([
  ["upload:upl_0123456789abcdef0123456789abcdef.csv", true],
  ["upload:upl_0123456789abcdef0123456789abcdef.json", true],
  ["upload:upl_0123456789abcdef0123456789abcdef.exe", false],
  ["upload:other/upl_0123456789abcdef0123456789abcdef.csv", false],
  ["upload:../upl_0123456789abcdef0123456789abcdef.csv", false],
  ["/etc/passwd", false],
])("an upload %s: %s", (upload, good) => {
  expect(CreateTrainingSet.safeParse({ name: "x", features: ["f"], spine: { upload } }).success).toBe(good);
});
