import { expect, test } from "vitest";
import { safeReturnPath } from "./safe-return-path";

test.each([
  "/",
  "/features",
  "/features/airport@1?tab=statistics#drift",
  "/entities/flight/look-up?id=a%7Cb",
  "/search?q=%2F%2Fevil.example",
  "/search?q=https://evil.example/",
  "/groups/caf%C3%A9",
  "/apis",
])("%s is a page of this server", (next) => {
  expect(safeReturnPath(next)).toBe(next);
});

test.each([
  null,
  undefined,
  "",
  "features",
  "https://evil.example/",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "/\\/evil.example",
  "\\\\evil.example",
  "/features\\..\\..\\evil",
  "/%5cevil.example",
  "/%5c..",
  "/%2f/evil.example",
  "/%2Fevil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/features\r\nSet-Cookie: a=b",
  "/features\u0000",
  "/%00",
  "/%0d%0aSet-Cookie:a=b",
  "/%E0%A4%A",
  "javascript:alert(1)",
  "/javascript:alert(1)\u0000",
  " /features",
  "@evil.example",
  ".evil.example",
  "/api/v1/auth/oidc/start?link=1",
  "/%61pi/v1/auth/oidc/start?link=1",
  "/./api/v1/me",
  "/API/v1/me",
  `/${"x".repeat(2000)}`,
])("%j leads to the start page", (next) => {
  expect(safeReturnPath(next)).toBe("/");
});
