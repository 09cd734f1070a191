import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WrittenRows } from "@/lib/datasets/ingest-schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group } from "@/lib/testing/definitions";
import { refresh } from "@/lib/testing/runs";
import { expectProblem, type Received, type Sent, testApp } from "./test-app";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;
beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
  const features = { n: "INT64", word: "STRING" };
  await apply(
    ctx,
    entity("person", { person: "INT64" }),
    group("clicks", { entity: "person", features }),
    group("strict", { entity: "person", features, duplicates: "reject" }),
    await csvSource(ctx, "source", "person,event_timestamp,n,word\n7,2026-01-01,70,made\n"),
    group("computed", { entity: "person", sql: "SELECT person, event_timestamp, n, word FROM source", features }),
  );
  await refresh(ctx, ["computed"]);
});
afterAll(closeContexts);

const AT = "2026-01-01T00:00:00Z";
const send = (sent: Sent, path = "/feature-groups/clicks/rows"): Promise<Received> =>
  app.send(path, { method: "POST", ...sent });
const file = (type: string, raw: BodyInit, query = "", headers: Record<string, string> = {}): Promise<Received> =>
  send({ raw, headers: { "content-type": type, ...headers } }, `/feature-groups/clicks/rows${query}`);
const commits = (): Promise<number> =>
  ctx.db.commit.count({ where: { group: { name: "clicks", projectId: ctx.project.id } } });

describe("201", () => {
  test("JSON: numbers keep every digit on their way in and out", async () => {
    const raw = `{"rows":[{"person":1,"event_timestamp":"${AT}","n":"9007199254740993","word":""}],"mode":"overwrite"}`;
    const answer = await send({ raw, headers: { "content-type": "application/json; charset=utf-8" } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(WrittenRows.parse(answer.json)).toMatchObject({ accepted: 1, commit: { mode: "overwrite", rowCount: 1 } });
    const { json } = await app.send("/feature-groups/clicks/rows");
    expect(json.rows).toEqual([[1, "2026-01-01T00:00:00.000000Z", "9007199254740993", ""]]);
  });

  test("files: JSON lines, CSV and Parquet, with parameters in the query", async () => {
    const lines = `{"person":1,"event_timestamp":"${AT}"}\r\n{"person":2,"event_timestamp":"${AT}","n":2}`;
    expect((await file("application/x-ndjson", lines, "?mode=overwrite")).json).toMatchObject({ accepted: 2 });
    const csv = `person,event_timestamp,n,word\n3,${AT},3,"a, b"\n`;
    const range = "?mode=overwrite&start=2026-01-01&end=2026-01-02";
    expect((await file("text/csv; charset=utf-8", csv, range)).json).toMatchObject({ accepted: 1 });
    const { path } = await ctx.db.dataFile.findFirstOrThrow({
      where: { commit: { group: { name: "computed", projectId: ctx.project.id } } },
    });
    const parquet = await readFile(join(ctx.folder, "offline", path));
    expect((await file("application/vnd.apache.parquet", parquet)).json).toMatchObject({ accepted: 1 });
    const { json } = await app.send("/feature-groups/clicks/rows?order=asc");
    expect(json.rows).toEqual([
      [3, "2026-01-01T00:00:00.000000Z", 3, "a, b"],
      [7, "2026-01-01T00:00:00.000000Z", 70, "made"],
    ]);
  });

  test("the same key gets the first answer, and says so", async () => {
    const body = { rows: [{ person: 1, event_timestamp: AT, n: 1 }] };
    const headers = { "idempotency-key": "abc" };
    const first = await send({ body, headers });
    const before = await commits();
    const again = await send({ body, headers });
    expect([first.headers.get("idempotent-replayed"), again.headers.get("idempotent-replayed")]).toEqual([
      null,
      "true",
    ]);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expectProblem(await send({ body: { rows: [] }, headers }), 422, "idempotency_key_reused");
    expect(await commits()).toBe(before);
  });

  test("quarantine: what was put aside is listed, and read as JSON and as CSV that no spreadsheet runs", async () => {
    const bad = { person: null, event_timestamp: AT, word: '=HYPERLINK("x")' };
    const answer = await send({ body: { rows: [{ person: 1, event_timestamp: AT }, bad], mode: "quarantine" } });
    expect(answer.json).toMatchObject({ accepted: 1, rejected: 1, problems: [{ row: 2, code: "null_key" }] });
    const listed = await app.send("/feature-groups/clicks/quarantines");
    expect(listed.json).toMatchObject({ total: 1, items: [{ id: answer.json.quarantine, reasons: { null_key: 1 } }] });
    const path = `/feature-groups/clicks/quarantines/${String(answer.json.quarantine)}/rows`;
    expect((await app.send(path)).json.rows).toEqual([[2, "null_key person", JSON.stringify(bad)]]);
    const lines = `person,event_timestamp,n,word\n=1+1,${AT},1,x\n`;
    const formula = await file("text/csv", lines, "?mode=quarantine");
    const csv = await app.send(`/feature-groups/clicks/quarantines/${String(formula.json.quarantine)}/rows`, {
      headers: { accept: "text/csv" },
    });
    expect(csv.text).toBe(
      `row,reasons,sent\r\n1,invalid_type person,"{""person"":""=1+1"",""event_timestamp"":""${AT}"",""n"":""1"",""word"":""x""}"\r\n`,
    );
  });
});

describe("what is refused writes nothing", () => {
  const of = (word: unknown): Sent => ({ body: { rows: [{ person: 1, event_timestamp: AT, word }] } });
  const json = (raw: string): Sent => ({ raw, headers: { "content-type": "application/json" } });
  test.each<[string, number, string, Sent, string?]>([
    ["no JSON", 400, "malformed_json", json("{")],
    ["NaN", 400, "malformed_json", json('{"rows":[{"n":NaN}]}')],
    ["bytes that are no UTF-8", 400, "malformed_json", { ...json(""), raw: new Uint8Array([0x22, 0xe9, 0x22]) }],
    ["an empty body", 400, "malformed_json", json("")],
    ["no rows field", 422, "validation_failed", { body: { mode: "append" } }],
    ["rows that are no list", 422, "validation_failed", { body: { rows: {} } }],
    ["an empty list", 422, "unreadable_file", { body: { rows: [] } }],
    ["a row that is no object", 422, "invalid_type", { body: { rows: [5] } }],
    ["an unknown field", 422, "unknown_field", { body: { rows: [], more: 1 } }],
    ["an unknown mode", 422, "validation_failed", { body: { rows: [], mode: "merge" } }],
    [
      "half a surrogate pair",
      422,
      "invalid_type",
      json(`{"rows":[{"person":1,"event_timestamp":"${AT}","word":"\\ud800"}]}`),
    ],
    ["U+0000", 422, "invalid_type", of("a\0b")],
    [
      "a number that would be rounded",
      422,
      "unsafe_integer",
      json(`{"rows":[{"person":9007199254740993,"event_timestamp":"${AT}"}]}`),
    ],
    [
      "a column in another case",
      422,
      "schema_mismatch",
      { body: { rows: [{ person: 1, event_timestamp: AT, Word: "x" }] } },
    ],
    [
      "a deep value",
      422,
      "invalid_type",
      json(`{"rows":[{"person":1,"event_timestamp":"${AT}","word":${"[".repeat(50_000)}${"]".repeat(50_000)}}]}`),
    ],
    ["a parameter beside a JSON body", 422, "unknown_field", of("x"), "/feature-groups/clicks/rows?mode=append"],
    ["a range without overwrite", 422, "invalid_parameter", { body: { rows: [], start: AT } }],
    ["a computed group", 409, "state_conflict", of("x"), "/feature-groups/computed/rows"],
    ["a group that is not there", 404, "feature_group_not_found", of("x"), "/feature-groups/nowhere/rows"],
    ["a name that is none", 422, "invalid_parameter", of("x"), "/feature-groups/No-Name/rows"],
    [
      "a form",
      415,
      "unsupported_media_type",
      { raw: "x", headers: { "content-type": "multipart/form-data; boundary=x" } },
    ],
    ["no type", 415, "unsupported_media_type", { raw: new Uint8Array([1]) }],
    ["over 10 MB of JSON", 413, "payload_too_large", json(`{"rows":[],"x":"${"y".repeat(10 * 1024 * 1024)}"}`)],
    [
      "over 1 GB",
      413,
      "payload_too_large",
      { raw: "x", headers: { "content-type": "text/csv", "content-length": "1073741825" } },
    ],
    [
      "a picture",
      422,
      "unreadable_file",
      { raw: new Uint8Array([0x89, 0x50, 0x4e, 0x47]), headers: { "content-type": "application/vnd.apache.parquet" } },
    ],
    ["a foreign page", 403, "csrf_rejected", { ...of("x"), headers: { origin: "https://evil.test" } }],
  ])("%s", async (_, status, code, sent, path) => {
    const before = await commits();
    expectProblem(await send(sent, path), status, code);
    expect(await commits()).toBe(before);
  });

  test("a problem names its rows and counts all of them", async () => {
    const rows = Array.from({ length: 150 }, (_, i) => ({ person: i < 120 ? null : i, event_timestamp: AT }));
    const answer = await send({ body: { rows } });
    expectProblem(answer, 422, "null_key");
    expect(answer.json.detail).toBe("120 of 150 rows are bad (120 null_key); nothing was written");
    expect(answer.json.errors).toHaveLength(100);
    expect((answer.json.errors as unknown[])[0]).toEqual({
      code: "null_key",
      row: 1,
      pointer: "/person",
      detail: "person is a key and must not be null",
    });
  });

  test("rows that come twice, where the group refuses them", async () => {
    const body = { rows: [1, 1].map((person) => ({ person, event_timestamp: AT })) };
    expectProblem(await send({ body }, "/feature-groups/strict/rows"), 422, "duplicate_rows");
  });

  test("who may not, before a byte is read, and the audit log has it", async () => {
    const viewer = { ...ctx, actor: { kind: "user" as const, id: "v", name: "V", role: "scientist" as const } };
    let read = 0;
    const raw = new ReadableStream<Uint8Array>({ pull: () => void read++ }, { highWaterMark: 0 });
    const headers = { "content-type": "text/csv" };
    const answer = await testApp(viewer).send("/feature-groups/clicks/rows", { method: "POST", raw, headers });
    expectProblem(answer, 403, "forbidden");
    expect(read).toBe(0);
    const where = { projectId: ctx.project.id, actorId: "v", outcome: "denied" };
    expect(await ctx.db.auditEvent.count({ where })).toBe(1);
  });
});
