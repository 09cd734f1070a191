import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RequestOrigin } from "@/lib/kernel/actor";
import { addressKey, newAttemptLimits, TooManyAttempts } from "./attempt-limits";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const from = (ip: string | null): RequestOrigin => ({
  ip,
  agent: null,
  requestId: null,
  tokenId: null,
  sessionId: null,
});

/** 0 when it passes, else the seconds to wait. */
async function wait(attempt: Promise<void>): Promise<number> {
  return attempt.then(
    () => 0,
    (error: unknown) => (error instanceof TooManyAttempts ? (error.retryAfterSeconds ?? -1) : -1),
  );
}

test("the sixth attempt at an account in a minute waits, from wherever it comes", async () => {
  const limits = newAttemptLimits();
  for (let i = 0; i < 5; i++) expect(await wait(limits.account(from(`10.0.0.${i}`), "a@x"))).toBe(0);
  expect(await wait(limits.account(from("10.0.1.1"), "a@x"))).toBe(60);
  expect(await wait(limits.account(from("10.0.1.1"), "b@x"))).toBe(0);
  vi.advanceTimersByTime(20_000);
  expect(await wait(limits.account(from("10.0.1.1"), "a@x"))).toBe(40);
  vi.advanceTimersByTime(40_000);
  expect(await wait(limits.account(from("10.0.1.1"), "a@x"))).toBe(0);
});

test("who exceeds it again waits 1, 2, 4, 8 minutes, and never more than 15", async () => {
  const limits = newAttemptLimits();
  const waits: number[] = [];
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 5; i++) expect(await wait(limits.account(undefined, "a@x"))).toBe(0);
    const seconds = await wait(limits.account(undefined, "a@x"));
    waits.push(seconds / 60);
    vi.advanceTimersByTime(seconds * 1000);
  }
  expect(waits).toEqual([1, 2, 4, 8, 15, 15]);
});

test("only the attempt that blocks says that it began", async () => {
  const limits = newAttemptLimits();
  const began = async (): Promise<unknown> =>
    limits
      .account(undefined, "a@x")
      .catch((error: unknown) => (error instanceof TooManyAttempts ? error.began : error));
  const answers = [];
  for (let i = 0; i < 8; i++) answers.push(await began());
  expect(answers.slice(5)).toEqual([true, false, false]);
});

test("an address has twenty for all accounts, and blocks no account once it is blocked itself", async () => {
  const limits = newAttemptLimits();
  for (let i = 0; i < 20; i++) expect(await wait(limits.account(from("10.0.0.1"), `${i}@x`))).toBe(0);
  for (let i = 0; i < 10; i++) expect(await wait(limits.account(from("10.0.0.1"), "victim@x"))).toBe(60);
  expect(await wait(limits.account(from("10.0.0.2"), "victim@x"))).toBe(0);
});

test("success is not counted, but does not undo the failures of its address", async () => {
  const limits = newAttemptLimits();
  for (let i = 0; i < 40; i++) {
    expect(await wait(limits.account(from("10.0.0.1"), "own@x"))).toBe(0);
    await limits.forgiveAccount(from("10.0.0.1"), "own@x");
  }
  for (let i = 0; i < 20; i++) expect(await wait(limits.account(from("10.0.0.1"), `${i}@x`))).toBe(0);
  expect(await wait(limits.account(from("10.0.0.1"), "own@x"))).toBe(60);
});

test("links have a count of their own", async () => {
  const limits = newAttemptLimits();
  for (let i = 0; i < 20; i++) expect(await wait(limits.link(from("10.0.0.1")))).toBe(0);
  expect(await wait(limits.link(from("10.0.0.1")))).toBe(60);
  expect(await wait(limits.account(from("10.0.0.1"), "a@x"))).toBe(0);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:0db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  [null, "unknown"],
  ["nonsense", "nonsense"],
])("the address %s counts as %s", (ip, key) => {
  expect(addressKey(ip)).toBe(key);
});
