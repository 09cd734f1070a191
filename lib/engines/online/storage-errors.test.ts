import { describe, expect, it } from "vitest";
import { storageError } from "./storage-errors";

const failure = (code: unknown): Error => Object.assign(new Error("failed"), { code });
const PLENTY = Number.POSITIVE_INFINITY;

describe("storageError", () => {
  it.each<[string, unknown, number, string]>([
    ["ENOSPC", 28, PLENTY, "insufficient_storage"],
    ["ENOSPC of Node", "ENOSPC", PLENTY, "insufficient_storage"],
    ["EDQUOT", 122, PLENTY, "insufficient_storage"],
    ["EFBIG", 27, PLENTY, "insufficient_storage"],
    ["MDB_MAP_FULL", -30792, PLENTY, "insufficient_storage"],
    ["EIO on a full disk (a short write)", 5, 4096, "insufficient_storage"],
    ["MDB_CORRUPTED", -30796, PLENTY, "data_corrupt"],
    ["MDB_INVALID", -30793, PLENTY, "data_corrupt"],
  ])("%s", (_name, code, freeBytes, expected) => {
    const cause = failure(code);
    expect(storageError(cause, freeBytes)).toMatchObject({ name: "LarderError", code: expected, cause });
  });

  it.each<[string, unknown]>([
    ["EIO with room left", 5],
    ["EACCES", "EACCES"],
    ["nothing known", undefined],
  ])("%s stays what it was", (_name, code) => {
    const cause = failure(code);
    expect(storageError(cause, PLENTY)).toBe(cause);
  });
});
