import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext } from "@/lib/testing/context";
import { expectProblem, testApp } from "./test-app";

const JSON_TYPE = { "content-type": "application/json" };
const MB = 1024 * 1024;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  app = testApp(await makeContext());
});
afterEach(async () => {
  expect((await app.send("/health/ready")).status).toBe(200);
});
afterAll(closeContexts);

describe("400", () => {
  test.each([
    ['{"name":', "line 1, column 9"],
    ['{"secret-canary": }', "line 1, column 19"],
    ['{"a": 1,\n "b" 2}', "line 2, column 6"],
    ["", "empty"],
    ['{"a": NaN}', "line 1, column 7"],
    ['{"a": "\u0001"}', "line 1, column 7"],
  ])("malformed_json: %j", async (raw, where) => {
    const answer = await app.send("/features/batch", {
      raw: raw || new Uint8Array(),
      method: "POST",
      headers: JSON_TYPE,
    });
    expectProblem(answer, 400, "malformed_json");
    expect(answer.json.detail).toContain(where);
    expect(answer.text).not.toContain("canary");
  });

  test("malformed_json: invalid UTF-8", async () => {
    const raw = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    expectProblem(await app.send("/features/batch", { raw, headers: JSON_TYPE }), 400, "malformed_json");
  });

  test("too_deep: nested 10,000 levels, and 65; 64 is parsed", async () => {
    const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    expectProblem(await app.send("/features/batch", { raw: nested(10_000), headers: JSON_TYPE }), 400, "too_deep");
    expectProblem(await app.send("/features/batch", { raw: nested(65), headers: JSON_TYPE }), 400, "too_deep");
    expectProblem(await app.send("/features/batch", { raw: nested(64), headers: JSON_TYPE }), 422, "invalid_type");
    expectProblem(
      await app.send("/features/batch", { raw: `${'{"a":"[[['.padEnd(200, "[")}"}`, headers: JSON_TYPE }),
      422,
      "unknown_field",
    );
  });

  test("of two equal keys the last one counts", async () => {
    const raw = '{"features": 1, "features": ["departures"], "entity_id": "x"}';
    expectProblem(await app.send("/features/batch", { raw, headers: JSON_TYPE }), 404, "feature_not_found");
  });
});

describe("413", () => {
  test("11 MB, declared", async () => {
    const raw = `{"entity_id":"${"x".repeat(11 * MB)}"}`;
    expectProblem(
      await app.send("/features/batch", { raw, headers: { ...JSON_TYPE, "content-length": String(raw.length) } }),
      413,
      "payload_too_large",
    );
  });

  test("a Content-Length that lies, and chunks without end", async () => {
    let pulled = 0;
    let cancelled = false;
    const raw = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += MB;
        controller.enqueue(new Uint8Array(MB).fill(0x20));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    expectProblem(
      await app.send("/features/batch", { raw, headers: { ...JSON_TYPE, "content-length": "10" } }),
      413,
      "payload_too_large",
    );
    expect(cancelled).toBe(true);
    expect(pulled).toBeLessThan(16 * MB);
  });
});

describe("415", () => {
  test.each([
    ["text/plain"],
    ["application/x-www-form-urlencoded"],
    ["multipart/form-data; boundary=x"],
    ["application/json; charset=latin1"],
    ["application/jsonp"],
  ])("%s", async (type) => {
    expectProblem(
      await app.send("/refresh", { raw: "{}", headers: { "content-type": type } }),
      415,
      "unsupported_media_type",
    );
  });

  test("a body without a type", async () => {
    expectProblem(await app.send("/refresh", { raw: new Uint8Array([0x7b, 0x7d]) }), 415, "unsupported_media_type");
  });
});
