import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LarderError } from "@/lib/kernel/errors";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { expectProblem, type Sent, testApp } from "./test-app";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;
beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
});
afterAll(closeContexts);

const CSV = "shop,seen,sales\n1,2024-01-01,2.5\n";
const send = (sent: Sent = {}, query = "?name=sales.csv") =>
  app.send(`/uploads${query}`, { method: "POST", raw: CSV, headers: { "content-type": "text/csv" }, ...sent });
const kept = (who: TestContext = ctx): Promise<string[]> =>
  readdir(join(who.folder, "uploads", who.project.id)).catch(() => []);

describe("201", () => {
  test("a file is kept in the project that is named, and can be named by its sources", async () => {
    const answer = await send({ headers: { "content-type": "text/csv; charset=utf-8" } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.json).toMatchObject({ format: "csv", rowCount: 1, byteCount: CSV.length });
    expect(await kept()).toEqual([String(answer.json.path).slice("upload:".length)]);
    const other = await inNewProject(ctx);
    const there = await send({}, `?project=${other.project.name}`);
    expect(await kept(other)).toEqual([String(there.json.path).slice("upload:".length)]);
    const yaml = `kind: source\nname: sales\nfiles: { format: csv, paths: ["${there.json.path}"] }\n`;
    const files = [{ path: "a.yaml", text: yaml }];
    const applied = await app.send(`/definitions/apply?project=${other.project.name}`, { body: { files } });
    expect(applied.json).toMatchObject({ applied: true });
    const stolen = await app.send("/definitions/apply", { body: { files } });
    expectProblem(stolen, 422, "definition_invalid");
    const rows = await app.send(`/sql/preview?project=${other.project.name}`, { body: { sql: "FROM sales" } });
    expect(rows.json).toMatchObject({ rows: [[1, "2024-01-01", 2.5]], truncated: false });
  });

  test("a body of many pieces without a length arrives whole", async () => {
    let left = 3000;
    const raw = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode(left === 3000 ? "a,b\n" : "1,22\n".repeat(100)));
        if (--left === 0) controller.close();
      },
    });
    expect((await send({ raw })).json).toMatchObject({ rowCount: 299_900 });
  });
});

describe("what is refused leaves nothing", () => {
  test.each<[string, number, string, Sent, string?]>([
    ["JSON", 415, "unsupported_media_type", { headers: { "content-type": "application/json" } }],
    ["a form", 415, "unsupported_media_type", { headers: { "content-type": "multipart/form-data; boundary=x" } }],
    ["no type", 415, "unsupported_media_type", { headers: {}, raw: new TextEncoder().encode(CSV) }],
    ["an empty body", 422, "unreadable_file", { raw: "" }],
    ["what is no Parquet", 422, "unreadable_file", { headers: { "content-type": "application/vnd.apache.parquet" } }],
    [
      "a length over 1 GB",
      413,
      "payload_too_large",
      { headers: { "content-type": "text/csv", "content-length": "1073741825" } },
    ],
    ["a folder in the name", 422, "invalid_parameter", {}, "?name=..%2Fx.csv"],
    ["an unknown parameter", 422, "unknown_field", {}, "?folder=x"],
    ["an unknown project", 404, "project_not_found", {}, "?project=nowhere"],
    ["a foreign page", 403, "csrf_rejected", { headers: { "content-type": "text/csv", origin: "https://evil.test" } }],
    ["cookies alone", 403, "csrf_rejected", { headers: { "content-type": "text/csv", cookie: "larder_session=x" } }],
  ])("%s", async (_, status, code, sent, query) => {
    const before = await kept();
    expectProblem(await send(sent, query), status, code);
    expect(await kept()).toEqual(before);
  });

  test("a sender that breaks off", async () => {
    const before = await kept();
    const raw = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(CSV)),
      pull: (controller) => controller.error(new Error("connection reset")),
    });
    expect((await send({ raw })).status).toBeGreaterThanOrEqual(400);
    expect(await kept()).toEqual(before);
  });

  test("who may not, before a byte is read, and the audit log has it", async () => {
    let read = 0;
    const raw = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          read++;
          controller.enqueue(new TextEncoder().encode(CSV));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const viewer = { ...ctx, actor: { kind: "user" as const, id: "v", name: "V", role: "viewer" as const } };
    const refused = testApp(viewer);
    const headers = { "content-type": "text/csv" };
    expectProblem(await refused.send("/uploads?name=a.csv", { method: "POST", raw, headers }), 403, "forbidden");
    expect(read).toBe(0);
    const where = { projectId: ctx.project.id, actorId: "v", outcome: "denied" };
    expect(await ctx.db.auditEvent.count({ where })).toBe(1);
  });

  test("nobody", async () => {
    const contextFor = async (): Promise<never> => {
      throw new LarderError("unauthenticated", "Sign in, or send an API token");
    };
    const answer = await testApp(ctx, { contextFor }).send("/uploads", { method: "POST", raw: CSV });
    expectProblem(answer, 401, "unauthenticated");
  });
});

test("the path takes POST only", async () => {
  const answer = await app.send("/uploads");
  expectProblem(answer, 405, "method_not_allowed");
  expect(answer.headers.get("allow")).toBe("OPTIONS, POST");
});
