import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { execute, refresh } from "@/lib/testing/runs";
import { expectProblem, testApp } from "./test-app";

const ROWS = Array.from({ length: 200 }, (_, i) => ({
  driver: i % 50,
  event_timestamp: `2024-01-02T00:00:00.00${String(i).padStart(4, "0")}Z`,
  note: i % 3 ? '=HYPERLINK("http://evil.test","x")' : `a "quoted", line\r\nof ${i}`,
  delta: 0 - i,
}));

let ctx: TestContext;
let app: ReturnType<typeof testApp>;
beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  app = testApp(ctx);
  const stats = Array.from({ length: 50 }, (_, i) => `${i},2024-01-01,${i * 2}`);
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "stats_rows", `driver,event_timestamp,trips\n${stats.join("\n")}`),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips, [trips / 2, NULL, 0.5]::FLOAT[3] AS vector FROM stats_rows",
      features: { trips: "INT64", vector: "FLOAT32[3]" },
    }),
    view("all_of_it", [{ group: "stats", features: ["trips"] }]),
  );
  await refresh(ctx);
  const split = {
    by: "hash",
    parts: [
      { name: "train", share: 0.7 },
      { name: "test", share: 0.3 },
    ],
  };
  const body = { name: "made", features: ["stats:trips", "stats:vector"], spine: { rows: ROWS }, split };
  const answer = await app.send("/training-sets", { body });
  expect([answer.status, answer.headers.get("location")]).toEqual([202, `/api/v1/runs/${runOf(answer.json)}`]);
  expect((await execute(ctx, runOf(answer.json))).error).toBeNull();
});
afterAll(closeContexts);

const runOf = (json: Record<string, unknown>): string => (json.run as { id: string }).id;
const take = async (
  query: string,
  accept: string,
): Promise<{ type: string | null; name: string | null; bytes: Buffer }> => {
  const response = await app.fetch(
    new Request(`http://localhost/api/v1/training-sets/made/data${query}`, { headers: { accept } }),
  );
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { type: response.headers.get("content-type"), name: response.headers.get("content-disposition"), bytes };
};
const json = async (query = ""): Promise<{ columns: { name: string; type: string }[]; rows: Value[][] }> =>
  JSON.parse((await take(query, "application/json")).bytes.toString());

describe("a training set as it is asked for", () => {
  test("JSON: every row with its types", async () => {
    const { columns, rows } = await json();
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "driver INT64",
      "event_timestamp TIMESTAMP",
      "note STRING",
      "delta INT64",
      "trips INT64",
      "vector FLOAT32[3]",
      "split STRING",
    ]);
    expect(rows.map((row) => row.slice(0, 6))).toEqual(
      ROWS.map(({ driver, event_timestamp, note, delta }) => [
        driver,
        event_timestamp,
        note,
        delta,
        driver * 2,
        [driver, null, 0.5],
      ]),
    );
  });

  test("CSV: formulas are text, numbers are numbers, lines within cells stay", async () => {
    const { bytes, type, name } = await take("", "text/csv");
    expect([type, name]).toEqual(["text/csv", 'attachment; filename="made.csv"']);
    const text = bytes.toString();
    expect(text.startsWith("driver,event_timestamp,note,delta,trips,vector,split\r\n")).toBe(true);
    expect(text).toContain(`"'=HYPERLINK(""http://evil.test"",""x"")",-1,`);
    expect(text).toContain(`"a ""quoted"", line\r\nof 3",-3,`);
    expect(text.match(/\r\n/g)).toHaveLength(1 + 200 + ROWS.filter((row) => row.note.startsWith("a ")).length);
  });

  test("an Arrow stream: the same values in Arrow's own types", async () => {
    const { bytes, type, name } = await take("", "application/vnd.apache.arrow.stream");
    expect([type, name]).toEqual(["application/vnd.apache.arrow.stream", 'attachment; filename="made.arrows"']);
    const table = tableFromIPC(bytes);
    expect(table.schema.fields.map((field) => String(field.type))).toEqual([
      "Int64",
      "Timestamp<MICROSECOND, UTC>",
      "Utf8",
      "Int64",
      "Int64",
      "FixedSizeList[3]<Float32>",
      "Utf8",
    ]);
    const { rows } = await json();
    expect([...(table.getChild("trips") ?? [])].map(Number)).toEqual(rows.map((row) => row[4]));
    expect([...(table.getChild("note") ?? [])]).toEqual(rows.map((row) => row[2]));
    const instants = table.getChild("event_timestamp")?.data[0]?.values as BigInt64Array;
    expect(instants[7]).toBe(BigInt(Date.parse("2024-01-02T00:00:00Z")) * 1000n + 7n);
  });

  test("Parquet unless something else is asked for; the parts add up to the whole", async () => {
    const whole = await take("", "*/*");
    expect([whole.type, whole.bytes.subarray(0, 4).toString()]).toEqual(["application/vnd.apache.parquet", "PAR1"]);
    const all = (await json()).rows;
    for (const part of ["train", "test"]) {
      const expected = all.filter((row) => row[6] === part);
      expect(expected.length).toBeGreaterThan(20);
      expect((await json(`?part=${part}`)).rows).toEqual(expected);
      const { bytes, name } = await take(`?part=${part}`, "application/vnd.apache.parquet");
      expect(name).toBe(`attachment; filename="made-${part}.parquet"`);
      expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(["PAR1", "PAR1"]);
      expect(bytes.length).toBeLessThan(whole.bytes.length);
    }
  });

  test("nothing of a part is left behind, not even when nobody reads to the end", async () => {
    const { id } = await ctx.db.trainingSet.findFirstOrThrow({ where: { projectId: ctx.project.id, name: "made" } });
    const url = "http://localhost/api/v1/training-sets/made/data?part=train";
    await (await app.fetch(new Request(url))).body?.cancel();
    expect((await app.fetch(new Request(url, { method: "HEAD" }))).status).toBe(200);
    await expect.poll(async () => (await ctx.offline.listFiles(`training-sets/${id}`)).length).toBe(2);
  });

  test("every way of taking it is recorded", async () => {
    const where = { projectId: ctx.project.id, action: "training_set.download" };
    const before = await ctx.db.auditEvent.count({ where });
    await take("", "text/csv");
    await take("?part=test", "application/json");
    expect(await ctx.db.auditEvent.count({ where })).toBe(before + 2);
  });

  test.each([
    ["an unknown part", "/training-sets/made/data?part=nope", "*/*", 422, "invalid_parameter"],
    ["another form", "/training-sets/made/data", "text/html", 406, "not_acceptable"],
    ["an unknown training set", "/training-sets/nobody/data", "text/csv", 404, "training_set_not_found"],
  ])("%s is refused", async (_what, path, accept, status, code) => {
    expectProblem(await app.send(path, { headers: { accept } }), status, code);
  });
});

test("a verification is a run, and its result says whether the rows are the same", async () => {
  const answer = await app.send("/training-sets/made/verify", { method: "POST" });
  expect(answer.status).toBe(202);
  const run = await execute(ctx, runOf(answer.json));
  expect(run.result).toMatchObject({ matches: true, rowCount: 200 });
});

test("a preview and a look at a spine write nothing and take no key", async () => {
  const spine = { rows: ROWS.slice(0, 3) };
  const preview = await app.send("/training-sets/preview", {
    body: { features: ["stats:trips"], spine, label: "delta" },
  });
  expect(preview.json).toMatchObject({ rowCount: 3, sampled: false, splitCounts: null, warnings: [] });
  const look = await app.send("/training-sets/spine", { body: { spine } });
  expect(look.json).toMatchObject({ timestampColumn: "event_timestamp", entities: ["driver"], rowCount: 3 });
  const named = await app.send("/training-sets/preview", { body: { name: "x", features: ["stats:trips"], spine } });
  expectProblem(named, 422, "unknown_field");
});

test("the rows of a view, as JSON and CSV", async () => {
  const answer = await app.send("/feature-views/all_of_it/data?limit=2&end=2024-01-05");
  expect(answer.json).toMatchObject({
    truncated: true,
    filteredCount: 0,
    rows: [
      [0, expect.anything(), 0],
      [1, expect.anything(), 2],
    ],
  });
  const csv = await app.send("/feature-views/all_of_it/data?limit=1&end=2024-01-05", {
    headers: { accept: "text/csv" },
  });
  expect(csv.text).toBe("driver,event_timestamp,trips\r\n0,2024-01-05T00:00:00.000000Z,0\r\n");
});

describe("an upload for a spine", () => {
  const scientist = () =>
    testApp({ ...ctx, actor: { kind: "user" as const, id: "s", name: "S", role: "scientist" as const } });
  const body =
    '{"driver":1,"event_timestamp":"2024-01-02T00:00:00Z"}\n{"driver":2,"event_timestamp":"2024-01-02T00:00:00Z"}\n';
  const sent = (type: string, raw = body) => ({ method: "POST", raw, headers: { "content-type": type } });

  test("a scientist may send it, JSON too, and build from it", async () => {
    const uploaded = await scientist().send("/uploads?purpose=spine&name=rows.ndjson", sent("application/x-ndjson"));
    expect(uploaded.json).toMatchObject({ format: "json", rowCount: 2 });
    const spine = { upload: uploaded.json.path };
    const preview = await scientist().send("/training-sets/preview", { body: { features: ["stats:trips"], spine } });
    expect(preview.json.rows).toEqual([
      [1, "2024-01-02T00:00:00.000000Z", 2],
      [2, "2024-01-02T00:00:00.000000Z", 4],
    ]);
  });

  test("but no source, and JSON is for spines only", async () => {
    expectProblem(await scientist().send("/uploads", sent("text/csv", "a\n1\n")), 403, "forbidden");
    expectProblem(await app.send("/uploads", sent("application/json")), 415, "unsupported_media_type");
    expectProblem(await app.send("/uploads?purpose=other", sent("text/csv", "a\n1\n")), 422, "invalid_parameter");
    expectProblem(
      await app.send("/uploads?purpose=spine", sent("application/json", "{broken")),
      422,
      "unreadable_file",
    );
  });
});
