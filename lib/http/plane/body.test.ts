import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJson } from "./body";

const JSON_TYPE = { "content-type": "application/json" };

function sent(body: string | Buffer, headers: Record<string, string> = JSON_TYPE): IncomingMessage {
  return Object.assign(Readable.from(body.length === 0 ? [] : [Buffer.from(body)]), { headers }) as IncomingMessage;
}

const codeOf = (body: string | Buffer, headers?: Record<string, string>): Promise<unknown> =>
  readJson(sent(body, headers), false).then(
    (value) => value,
    (error: { code: string }) => error.code,
  );

describe("readJson", () => {
  test.each<[string, string | Buffer, Record<string, string> | undefined, unknown]>([
    ["an object", '{"a":[1,"x"]}', undefined, { a: [1, "x"] }],
    ["nothing at all", "", {}, undefined],
    ["an empty body that says it is JSON", "", undefined, "malformed_json"],
    ["half a body", '{"a":', undefined, "malformed_json"],
    ["a body without a type", "{}", {}, "unsupported_media_type"],
    ["a form", "a=1", { "content-type": "application/x-www-form-urlencoded" }, "unsupported_media_type"],
    ["another charset", "{}", { "content-type": "application/json; charset=latin1" }, "unsupported_media_type"],
    ["UTF-8 said so", '"é"', { "content-type": "application/json; charset=utf-8" }, "é"],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]), undefined, "malformed_json"],
    ["a replacement character that was sent", '"\ufffd"', undefined, "\ufffd"],
    ["a number that would lose digits", '{"a":9007199254740993}', undefined, "validation_failed"],
    ["a number beyond all others", '{"a":1e400}', undefined, "validation_failed"],
    ["a word that ends like an exponent", '{"a":[1,true,2,false]}', undefined, { a: [1, true, 2, false] }],
    ["a reserved name", '{"__proto__":{"x":1}}', undefined, "unknown_field"],
    ["a reserved name, escaped", '{"\\u005f_proto__":{"x":1}}', undefined, "unknown_field"],
    ["100 levels", `${"[".repeat(100)}${"]".repeat(100)}`, undefined, "too_deep"],
    ["100,000 levels", "[".repeat(100_000), undefined, "too_deep"],
    ["levels hidden behind brackets in texts", `${'["]",'.repeat(100)}1${"]".repeat(100)}`, undefined, "too_deep"],
    ["brackets in texts that are no levels", '{"a":"[[[[[[[[\\"[[["}', undefined, { a: '[[[[[[[["[[[' }],
    [
      "levels behind an escaped backslash",
      `{"a":"\\\\","b":${"[".repeat(100)}${"]".repeat(100)}}`,
      undefined,
      "too_deep",
    ],
    ["a length that is too much", "{}", { ...JSON_TYPE, "content-length": "99999999" }, "payload_too_large"],
    ["11 MB that do not say so", JSON.stringify("x".repeat(11 * 1024 * 1024)), undefined, "payload_too_large"],
  ])("%s", async (_name, body, headers, expected) => {
    expect(await codeOf(body, headers)).toEqual(expected);
  });

  test("integers beyond 2^53 become texts where that is wanted, others and texts stay", async () => {
    const text =
      '{"a":[9007199254740993,-9223372036854775808,9007199254740991,1e20,"9007199254740993",0.1234567890123456]}';
    expect(await readJson(sent(text), true)).toEqual({
      a: ["9007199254740993", "-9223372036854775808", 9007199254740991, 1e20, "9007199254740993", 0.1234567890123456],
    });
  });

  test.each([
    ["a string without an end, full of escaped quotes", `"${'\\"'.repeat(2_000_000)}1234567890123456`],
    ["many numbers", `[${"1234567890123456789,".repeat(200_000)}1`],
    ["a minus, again and again", `1234567890123456${"-".repeat(4_000_000)}`],
  ])("%s is looked at once, not again and again", async (_name, text) => {
    await expect(readJson(sent(text), true)).rejects.toMatchObject({ code: "malformed_json" });
  });

  test("a text of 9 MB beside a long integer", async () => {
    const long = "x".repeat(9 * 1024 * 1024);
    const read = (await readJson(sent(`{"a":"${long}","b":1234567890123456789}`), true)) as { a: string; b: string };
    expect([read.a.length, read.b]).toEqual([long.length, "1234567890123456789"]);
  });

  test("a sender that was gone before anybody listened", async () => {
    const request = Object.assign(new Readable({ read() {} }), { headers: JSON_TYPE }) as IncomingMessage;
    request.destroy();
    await wait(10);
    await expect(readJson(request, false)).rejects.toMatchObject({ code: "cancelled" });
  });

  test("reads whatever JSON.stringify writes", async () => {
    const value = fc.dictionary(
      fc.string(),
      fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.boolean())),
    );
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        fc.pre(!Object.keys(given).some((key) => ["__proto__", "constructor", "prototype"].includes(key)));
        expect(await readJson(sent(JSON.stringify(given)), false)).toEqual(given);
      }),
    );
  });

  test("a sender that hangs up ends the reading", async () => {
    const request = Object.assign(new Readable({ read() {} }), { headers: JSON_TYPE }) as IncomingMessage;
    const read = readJson(request, false);
    request.destroy();
    await expect(read).rejects.toMatchObject({ code: "cancelled" });
  });
});
