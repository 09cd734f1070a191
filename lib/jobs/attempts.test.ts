import { expect, test } from "vitest";
import { ERRORS } from "@/lib/kernel/errors";
import { isTransient, retryDelaySeconds } from "./attempts";

test.each([
  ["dependency_unavailable", 1, 5],
  ["dependency_unavailable", 2, 30],
  ["dependency_unavailable", 3, null],
  ["commit_conflict", 1, 5],
  ["insufficient_storage", 2, 30],
  ["temp_space_exhausted", 1, 5],
  ["timeout", 1, 5],
  // The same work would end the same way.
  ["resource_exhausted", 1, null],
  ["sql_invalid", 1, null],
  ["data_corrupt", 1, null],
  ["cancelled", 1, null],
  ["internal", 1, null],
  ["no such code", 1, null],
])("%s on attempt %i: again after %s s", (code, attempt, seconds) => {
  expect(retryDelaySeconds(code, attempt)).toBe(seconds);
});

test("what a caller did wrong is never tried again by itself", () => {
  const transient = Object.entries(ERRORS).filter(([code]) => isTransient(code));
  expect(transient.map(([code, { status }]) => [code, status]).filter(([, status]) => Number(status) < 409)).toEqual(
    [],
  );
  expect(transient).toHaveLength(5);
});
