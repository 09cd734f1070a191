import { hash } from "@node-rs/argon2";
import { expect, test } from "vitest";
import { hashPassword, needsRehash, verifyPassword } from "./password";

const PASSWORD = "correct horse battery staple";

test("a hash is argon2id with its parameters, never the same twice, and only its password matches", async () => {
  const [one, two] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword(PASSWORD, one)).toBe(true);
  expect(await verifyPassword(`${PASSWORD} `, one)).toBe(false);
  expect(await verifyPassword("", one)).toBe(false);
  expect(needsRehash(one)).toBe(false);
});

test("who has no password matches nothing", async () => {
  expect(await verifyPassword("", null)).toBe(false);
  expect(await verifyPassword(PASSWORD, null)).toBe(false);
});

test("the same letters typed on another keyboard are the same password", async () => {
  expect(await verifyPassword("cafe\u0301 au lait!", await hashPassword("caf\u00e9 au lait!"))).toBe(true);
});

test("a hash of weaker parameters still matches, and is to be made anew", async () => {
  const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  expect(await verifyPassword(PASSWORD, weak)).toBe(true);
  expect(needsRehash(weak)).toBe(true);
});

test("more than wait in line are refused, and the line empties", async () => {
  const kept = await hashPassword(PASSWORD);
  const outcomes = await Promise.allSettled(Array.from({ length: 70 }, () => verifyPassword(PASSWORD, kept)));
  const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(refused).toHaveLength(6);
  for (const error of refused) expect(error).toMatchObject({ code: "rate_limited", retryAfterSeconds: 2 });
  expect(await verifyPassword(PASSWORD, kept)).toBe(true);
});
