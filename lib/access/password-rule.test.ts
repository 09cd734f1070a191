import { expect, test } from "vitest";
import { errorOf } from "@/lib/testing/runs";
import { COMMON_PASSWORDS } from "./common-passwords";
import { checkNewPassword, passwordProblem } from "./password-rule";

test("the list of common passwords is there, lower case, without blanks", () => {
  expect(COMMON_PASSWORDS.size).toBeGreaterThan(900);
  for (const word of COMMON_PASSWORDS) expect(word).toMatch(/^[a-z0-9]{4,}$/);
});

test.each([
  ["", /10 to 256 characters; this one has 0/],
  ["ninechars", /10 to 256 characters; this one has 9/],
  ["🐘🐘🐘🐘🐘", /this one has 5/],
  ["x1 ".repeat(86), /this one has 258/],
  ["my Larder password", /word larder/],
  ["ada.lovelace!", /name in your e-mail/],
  ["xx-ADA.Lovelace-xx", /name in your e-mail/],
  ["qwertyuiop", /tried first/],
  ["Password123!", /tried first/],
  ["!!Summer2024", /tried first/],
  ["P4ssw0rd!!!", /tried first/],
  ["administrator", /tried first/],
  ["aaaaaaaaaaaa", /one pattern/],
  ["abcabcabcabc", /one pattern/],
  ["password".repeat(2), /one pattern/],
  ["0123456789", /one pattern/],
  ["9876543210", /one pattern/],
  ["klmnopqrstuv", /one pattern/],
])("%j is too easy", (password, why) => {
  expect(passwordProblem(password, "ada.lovelace@example.org")).toMatch(why);
});

test.each([
  "correct horse battery staple",
  "tr0ub4dor&3x",
  "sunshine 8472910573",
  "пароль-для-склада",
  "          x          ",
  "ada lovelace is not the address",
])("%j is fine, whatever kinds of characters it has", (password) => {
  expect(passwordProblem(password, "ada.lovelace@example.org")).toBeNull();
});

test("a short name in the address counts for nothing", () => {
  expect(passwordProblem("nothing to do with bob", "bob@example.org")).toBeNull();
});

test("the error names the field", async () => {
  const error = await errorOf(Promise.resolve().then(() => checkNewPassword("short", null, "/next")));
  expect(error).toMatchObject({ code: "weak_password", issues: [{ pointer: "/next" }] });
});
