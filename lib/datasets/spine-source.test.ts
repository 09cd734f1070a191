import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { countAllRows, errorOf, execute, refresh } from "@/lib/testing/runs";
import { createTrainingSet } from "./create-training-set";
import { getTrainingSet } from "./get-training-set";
import { previewRetrieval } from "./preview-retrieval";
import { previewSpine } from "./preview-spine";
import { previewTrainingSet } from "./preview-training-set";
import {
  CreateTrainingSet,
  type Manifest,
  PreviewRetrieval,
  PreviewSpine,
  type RetrievalPreview,
} from "./training-schema";
import { uploadFile } from "./upload-file";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const codes = Array.from({ length: 60 }, (_, i) => `${String(i).padStart(3, "0")},2024-01-01,${i},${i % 2}`);
  await apply(
    ctx,
    entity("shop", { code: "STRING" }),
    entity("route", { origin: "STRING", destination: "STRING" }),
    entity("nobody", { uid: "INT64" }),
    await csvSource(ctx, "shop_rows", `code,event_timestamp,sales,closed\n${codes.join("\n")}`),
    group("shops", {
      entity: "shop",
      sql: "SELECT CAST(lpad(CAST(code AS VARCHAR), 3, '0') AS VARCHAR) AS code, event_timestamp, sales, closed FROM shop_rows",
      features: { sales: "INT64", closed: { type: "INT32", status: "ACTIVE", sensitivity: "personal" } },
    }),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

async function upload(format: "csv" | "parquet" | "json", text: string): Promise<string> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  }
  return (await uploadFile(ctx, { purpose: "spine", name: "rows", format, body: body() })).path;
}

const preview = (input: object): Promise<RetrievalPreview> => previewRetrieval(ctx, PreviewRetrieval.parse(input));

async function build(
  input: { name: string } & Record<string, unknown>,
): Promise<{ manifest: Manifest; rows: Value[][] }> {
  const { run } = await createTrainingSet(ctx, CreateTrainingSet.parse(input));
  const done = await execute(ctx, run.id);
  expect({ state: done.state, error: done.error }).toEqual({ state: "SUCCEEDED", error: null });
  const { manifest } = await getTrainingSet(ctx, { name: input.name });
  const { rows } = await previewTrainingSet(ctx, { name: input.name, limit: 1000 });
  if (!manifest) throw new Error("no manifest");
  return { manifest, rows };
}

const at = (hour: number): string => `2024-01-02T0${hour}:00:00.000000Z`;

describe("an upload as the spine", () => {
  test.each<[string, "csv" | "json", string]>([
    [
      "CSV, whose keys look like numbers",
      "csv",
      "code,event_timestamp,late\n007,2024-01-02T03:00:00Z,1\n001,2024-01-02T01:00:00Z,0\n999,2024-01-02T02:00:00Z,1\n",
    ],
    [
      "JSON by line",
      "json",
      '{"code":"007","event_timestamp":"2024-01-02T03:00:00Z","late":1}\n{"code":"001","event_timestamp":"2024-01-02T01:00:00Z","late":0}\n{"code":"999","event_timestamp":"2024-01-02T02:00:00Z","late":1}\n',
    ],
    [
      "JSON as an array",
      "json",
      '[{"code":"007","event_timestamp":"2024-01-02T03:00:00Z","late":1},{"code":"001","event_timestamp":"2024-01-02T01:00:00Z","late":0},{"code":"999","event_timestamp":"2024-01-02T02:00:00Z","late":1}]',
    ],
  ])("%s: every row, in its order, and kept when the file is gone", async (what, format, text) => {
    const path = await upload(format, text);
    const name = `up_${what.replaceAll(/[^a-z]+/gi, "_").toLowerCase()}`;
    const { manifest, rows } = await build({ name, features: ["shops:sales"], spine: { upload: path }, label: "late" });
    expect(rows).toEqual([
      ["007", at(3), 1, 7],
      ["001", at(1), 0, 1],
      ["999", at(2), 1, null],
    ]);
    expect(manifest.spine).toMatchObject({ kind: "upload", upload: path, label: "late", rowCount: 3 });
    expect(manifest.inputs).toEqual({ [path]: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test("without a limit all of it, with one as many, evenly spread", async () => {
    const lines = Array.from(
      { length: 3000 },
      (_, i) => `${String(i % 60).padStart(3, "0")},2024-01-02 0${i % 9}:00:00,${i}`,
    );
    const spine = { upload: await upload("csv", `code,event_timestamp,row\n${lines.join("\n")}`) };
    const all = await build({ name: "all_of_it", features: ["shops:sales"], spine });
    expect(all.manifest.rowCount).toBe(3000);
    expect(all.rows.map((row) => row[2])).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const some = await build({ name: "some_of_it", features: ["shops:sales"], spine, rowLimit: 100 });
    expect(some.rows.map((row) => row[2])).toEqual(Array.from({ length: 100 }, (_, i) => i * 30 + 29));
  });

  const csv = "code,event_timestamp\n001,2024-01-02\n";
  test.each<[string, string, object, string]>([
    ["no time", "code,n\n001,1\n", {}, "missing_timestamp"],
    ["two times and no name", "code,a,b\n001,2024-01-01,2024-01-02\n", {}, "missing_timestamp"],
    ["no key", "n,event_timestamp\n1,2024-01-01\n", {}, "missing_key_column"],
    ["a feature's name", "code,event_timestamp,SALES\n001,2024-01-02,1\n", {}, "feature_name_collision"],
    [
      "a column split, and a split",
      "code,event_timestamp,Split\n001,2024-01-02,1\n",
      {
        split: {
          by: "hash",
          parts: [
            { name: "a", share: 0.5 },
            { name: "b", share: 0.5 },
          ],
        },
      },
      "feature_name_collision",
    ],
    ["no column for the label", csv, { label: "late" }, "missing_column"],
    [
      "no column to split by",
      csv,
      {
        split: {
          by: "hash",
          keys: ["nope"],
          parts: [
            { name: "a", share: 0.5 },
            { name: "b", share: 0.5 },
          ],
        },
      },
      "missing_column",
    ],
    ["no such time column", csv, { timestampColumn: "when" }, "missing_timestamp"],
  ])("%s: refused before anything is written", async (_what, text, rest, code) => {
    const spine = { upload: await upload("csv", text) };
    const before = await countAllRows(ctx.db);
    const asked = createTrainingSet(
      ctx,
      CreateTrainingSet.parse({ name: "refused", features: ["shops:sales"], spine, ...rest }),
    );
    expect((await errorOf(asked)).code).toBe(code);
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test.each<[string, string, string, number[]]>([
    [
      "an instant that is none",
      "code,event_timestamp\n001,2024-01-02T00:00:00Z\n001,2024-02-30T00:00:00Z\n001,soon\n",
      "invalid_timestamp",
      [2, 3],
    ],
    ["a null key", "code,event_timestamp\n001,2024-01-02\n,2024-01-02\n", "null_key", [2]],
  ])("%s is named by its row", async (_what, text, code, rows) => {
    const spine = { upload: await upload("csv", text) };
    const error = await errorOf(preview({ features: ["shops:sales"], spine }));
    expect([error.code, error.issues.map((issue) => issue.row)]).toEqual([code, rows]);
  });

  test("of another project, or of nobody, is not there", async () => {
    const path = await upload("csv", csv);
    const other = await inNewProject(ctx);
    await apply(
      other,
      entity("shop", { code: "STRING" }),
      await csvSource(other, "s", "code,event_timestamp,n\n1,2024-01-01,1\n"),
      group("g", {
        entity: "shop",
        sql: "SELECT CAST(code AS VARCHAR) AS code, event_timestamp, n FROM s",
        features: { n: "INT64" },
      }),
    );
    const asked = previewRetrieval(other, PreviewRetrieval.parse({ features: ["n"], spine: { upload: path } }));
    expect((await errorOf(asked)).code).toBe("unreadable_file");
  });

  test("that a source of personal features reads is for sensitive readers only", async () => {
    const path = await upload("csv", "code,event_timestamp,illness\n001,2024-01-01,flu\n");
    await apply(
      ctx,
      { kind: "source", name: "illnesses", files: { format: "csv", paths: [path] } },
      group("illness", {
        entity: "shop",
        sql: "SELECT CAST(code AS VARCHAR) AS code, event_timestamp, illness FROM illnesses",
        features: { illness: { type: "STRING", status: "ACTIVE", sensitivity: "personal" } },
      }),
    );
    const scientist = { ...ctx, actor: { kind: "user" as const, id: "s", name: "S", role: "scientist" as const } };
    for (const ask of [
      () => previewRetrieval(scientist, PreviewRetrieval.parse({ features: ["shops:sales"], spine: { upload: path } })),
      () => previewSpine(scientist, PreviewSpine.parse({ spine: { upload: path } })),
    ])
      expect((await errorOf(ask())).code).toBe("forbidden");
    // That the source reads another file by now does not make this one anybody's.
    const next = await upload("csv", "code,event_timestamp,illness\n001,2024-01-01,cold\n");
    await apply(ctx, { kind: "source", name: "illnesses", files: { format: "csv", paths: [next] } });
    for (const file of [path, next]) {
      const asked = previewSpine(scientist, PreviewSpine.parse({ spine: { upload: file } }));
      expect((await errorOf(asked)).code).toBe("forbidden");
    }
  });

  test("of a source that is gone is for nobody: it may have been personal", async () => {
    const path = await upload("csv", "code,event_timestamp,n\n001,2024-01-01,1\n");
    await apply(ctx, { kind: "source", name: "short_lived", files: { format: "csv", paths: [path] } });
    const look = () => previewSpine(ctx, PreviewSpine.parse({ spine: { upload: path } }));
    expect((await look()).rowCount).toBe(1);
    await ctx.db.source.deleteMany({ where: { projectId: ctx.project.id, name: "short_lived" } });
    expect((await errorOf(look())).code).toBe("unreadable_file");
  });
});

describe("a group as the spine", () => {
  test("its keys and instants within the range, and its label", async () => {
    const spine = { group: { name: "shops", start: "2024-01-01", end: "2024-01-02" } };
    const { manifest, rows } = await build({ name: "from_group", features: ["shops:sales"], spine });
    expect(rows).toHaveLength(60);
    expect(rows[7]).toEqual(["007", "2024-01-01T00:00:00.000000Z", 7]);
    expect(manifest.spine).toMatchObject({
      kind: "group",
      group: {
        name: "shops",
        version: 1,
        commitSequence: 1,
        start: "2024-01-01T00:00:00.000000Z",
        end: "2024-01-02T00:00:00.000000Z",
      },
    });
    expect(manifest.personal).toBe(false);
    const none = await errorOf(
      preview({ features: ["shops:sales"], spine: { group: { name: "shops", end: "2024-01-01" } } }),
    );
    expect(none.code).toBe("empty_spine");
  });

  test("a personal label takes a sensitive reader, and makes the training set personal", async () => {
    const input = { features: ["shops:sales"], spine: { group: { name: "shops" } }, label: "closed" };
    expect((await errorOf(preview(input))).code).toBe("forbidden");
    const sensitive = { ...ctx, actor: { ...ctx.actor, sensitive: true } };
    const shown = await previewRetrieval(sensitive, PreviewRetrieval.parse(input));
    expect(shown.columns.map(({ name }) => name)).toEqual(["code", "event_timestamp", "closed", "sales"]);
    const { run } = await createTrainingSet(sensitive, CreateTrainingSet.parse({ ...input, name: "with_label" }));
    await execute(ctx, run.id);
    expect((await getTrainingSet(ctx, { name: "with_label" })).manifest?.personal).toBe(true);
    expect((await errorOf(previewTrainingSet(ctx, { name: "with_label", limit: 1 }))).code).toBe("forbidden");
  });
});

describe("joins of one's own", () => {
  const row = { from: "001", to: "002", event_timestamp: "2024-01-02" };
  const joins = ["from", "to"].map((code) => ({ group: "shops", prefix: code, keys: { code }, features: ["sales"] }));
  test("one group twice, each under its prefix and by its own key", async () => {
    const { columns, rows } = await preview({ joins, spine: { rows: [row] } });
    expect(columns.map(({ name }) => name)).toEqual(["from", "to", "event_timestamp", "from__sales", "to__sales"]);
    expect(rows).toEqual([["001", "002", "2024-01-02T00:00:00.000000Z", 1, 2]]);
  });
  test.each<[string, object[], string]>([
    ["one name twice", joins.map(({ prefix: _, ...join }) => join), "feature_name_collision"],
    ["an unknown feature", [{ ...joins[0], features: ["nope"] }], "feature_not_found"],
    ["an unknown group", [{ ...joins[0], group: "nobody" }], "feature_group_not_found"],
    ["an unknown version", [{ ...joins[0], version: 9 }], "feature_group_not_found"],
    ["a key that is none", [{ ...joins[0], keys: { shop: "from" } }], "validation_failed"],
    ["a key column that is not there", [{ ...joins[0], keys: { code: "nope" } }], "missing_key_column"],
    ["a personal feature", [{ ...joins[0], features: ["closed"] }], "forbidden"],
  ])("%s is refused", async (_what, asked, code) => {
    expect((await errorOf(preview({ joins: asked, spine: { rows: [row] } }))).code).toBe(code);
  });
  test("a float is no key", async () => {
    const sql = "SELECT 1.5::DOUBLE AS code, TIMESTAMP '2024-01-02' AS event_timestamp";
    expect((await errorOf(preview({ features: ["shops:sales"], spine: { sql } }))).code).toBe("key_type_mismatch");
  });
  test.each<[string, object]>([
    ["two ways at once", { joins, features: ["shops:sales"], spine: { rows: [row] } }],
    ["two spines", { joins, spine: { rows: [row], sql: "SELECT 1" } }],
    ["a spine of nothing", { joins, spine: {} }],
  ])("%s: validation_failed", async (_what, input) => {
    expect((await errorOf(preview(input))).code).toBe("validation_failed");
  });
});

describe("preview", () => {
  test("what is looked at, what is shown, and what looks wrong", async () => {
    const sql = `SELECT lpad(CAST(i % 60 AS VARCHAR), 3, '0') AS code, TIMESTAMP '2024-01-01' + INTERVAL (CASE WHEN i < 60 THEN 0 ELSE 1 END) DAY AS event_timestamp, i % 60 AS label FROM range(60) t(i)`;
    const split = {
      by: "hash",
      parts: [
        { name: "train", share: 0.5 },
        { name: "test", share: 0.5 },
      ],
    };
    const before = await countAllRows(ctx.db);
    const answer = await preview({ features: ["shops:sales"], spine: { sql }, label: "label", split });
    expect(await countAllRows(ctx.db)).toEqual(before);
    expect(answer).toMatchObject({ rowCount: 60, sampled: false, filteredCount: 0, nullCounts: { sales: 0 } });
    expect(answer.rows).toHaveLength(50);
    expect(answer.spineColumns.map(({ name }) => name)).toEqual(["code", "event_timestamp", "label"]);
    expect((answer.splitCounts?.train ?? 0) + (answer.splitCounts?.test ?? 0)).toBe(60);
    expect(answer.warnings.map(({ code, column }) => [code, column])).toEqual([
      ["event_time_is_label_time", "sales"],
      ["associated_with_label", "sales"],
    ]);
  });
  test("of a long spine 10,000 rows, evenly spread; repeated rows and a missing label are told", async () => {
    const sql = (minutes: string) =>
      `SELECT lpad(CAST(i % 60 AS VARCHAR), 3, '0') AS code, TIMESTAMP '2024-01-02' + INTERVAL (${minutes}) MINUTE AS event_timestamp FROM range(25000) t(i)`;
    const answer = await preview({ features: ["shops:sales"], spine: { sql: sql("i") }, label: "late" });
    expect(answer).toMatchObject({ rowCount: 10_000, sampled: true });
    expect(answer.warnings.map(({ code, value }) => [code, value])).toEqual([["label_missing", null]]);
    const repeated = await preview({ features: ["shops:sales"], spine: { sql: `${sql("i // 6000")} WHERE i < 8000` } });
    expect(repeated).toMatchObject({ rowCount: 8000, sampled: false });
    expect(repeated.warnings.map(({ code, value }) => [code, value])).toEqual([["repeated_spine_rows", 7880]]);
    const rows = Array.from({ length: 10_001 }, (_, i) => ({ code: String(i), event_timestamp: "2024-01-02" }));
    const given = await preview({ features: ["shops:sales"], spine: { rows } });
    expect(given).toMatchObject({ rowCount: 10_000, sampled: true });
    expect(given.warnings.map(({ code }) => code)).toEqual(["always_null"]);
    expect(await preview({ features: ["shops:sales"], spine: { rows: rows.slice(1) } })).toMatchObject({
      sampled: false,
    });
  });
});

describe("a look at a spine", () => {
  const look = (spine: object, rest: object = {}) => previewSpine(ctx, PreviewSpine.parse({ spine, ...rest }));
  test("rows", async () => {
    const answer = await look({
      rows: [
        { code: "1", event_timestamp: "2024-01-01", late: null },
        { code: "2", event_timestamp: "2024-01-02", late: 1 },
      ],
    });
    expect(answer).toEqual({
      columns: [
        { name: "code", type: "STRING", role: "key", entity: "shop" },
        { name: "event_timestamp", type: "TIMESTAMP", role: "event_time", entity: null },
        { name: "late", type: "INT64", role: "feature", entity: null },
      ],
      rows: [
        ["1", "2024-01-01", null],
        ["2", "2024-01-02", 1],
      ],
      rowCount: 2,
      timestampColumn: "event_timestamp",
      entities: ["shop"],
    });
  });
  test("an upload: 20 rows, how many there are, its time, and the entities of keys that look like numbers", async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${i},x,y,2024-01-0${(i % 9) + 1} 10:00:00`);
    const answer = await look({ upload: await upload("csv", `code,origin,destination,seen\n${lines.join("\n")}`) });
    expect([answer.rows.length, answer.rowCount, answer.timestampColumn]).toEqual([20, 30, "seen"]);
    expect(answer.entities.sort()).toEqual(["route", "shop"]);
  });
  test("SQL and a group", async () => {
    const sql = await look({ sql: "SELECT 1 AS uid, DATE '2024-01-01' AS event_timestamp FROM range(25)" });
    expect([sql.rows.length, sql.rowCount, sql.timestampColumn, sql.entities]).toEqual([
      20,
      25,
      "event_timestamp",
      ["nobody"],
    ]);
    const group = await look({ group: { name: "shops" } });
    expect(group.columns.map(({ name }) => name)).toEqual(["code", "event_timestamp", "sales"]);
    expect([group.rowCount, group.timestampColumn]).toEqual([60, "event_timestamp"]);
  });
  test("without an instant there is nothing to say, and no error", async () => {
    const answer = await look({ sql: "SELECT 1 AS n" });
    expect([answer.timestampColumn, answer.entities]).toEqual([null, []]);
  });
  test("who may not build may not look", async () => {
    const viewer = { ...ctx, actor: { kind: "user" as const, id: "v", name: "V", role: "viewer" as const } };
    expect((await errorOf(previewSpine(viewer, { spine: { sql: "SELECT 1 AS n" } }))).code).toBe("forbidden");
  });
});
