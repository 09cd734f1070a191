import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import { applyDefinitions } from "./apply-definitions";

const GROUP = `kind: feature_group
name: fresh
entity: driver
features:
  - { name: trips, type: INT64 }
`;
const GOOD_SQL = "SELECT driver, event_timestamp, trips\nFROM rides\n";
const GOOD = { path: "good.yaml", text: "kind: entity\nname: rider\njoinKeys: [{ name: rider, type: STRING }]\n" };

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", "driver,event_timestamp,trips\n1,2024-01-01,1\n"),
    group("known", { entity: "driver", sql: GOOD_SQL, features: { trips: "INT64" } }),
  );
});
afterAll(closeContexts);

type File = { path: string; text: string };
type Expected = { code: string; file: string; line: number; says: string };
const yaml = (text: string, path = "bad.yaml"): File => ({ path, text });
const inline = (sql: string): File => yaml(`${GROUP}sql: ${JSON.stringify(sql)}\n`);
const withSql = (sql: string): File[] => [yaml(`${GROUP}sql: sql/fresh.sql\n`), { path: "sql/fresh.sql", text: sql }];
const source = (name: string, sql: string): string => `kind: source\nname: ${name}\nsql: ${sql}\n`;
const VIEW = "kind: feature_view\nname: v\njoins:\n  - group: known\n";

test.each<[string, File[], Expected]>([
  [
    "a YAML syntax error",
    [yaml("kind: entity\nname: [x\n")],
    { code: "yaml_syntax", file: "bad.yaml", line: 3, says: "" },
  ],
  [
    "a key written twice",
    [yaml("kind: entity\nname: x\nname: y\njoinKeys: []\n")],
    { code: "yaml_syntax", file: "bad.yaml", line: 3, says: "unique" },
  ],
  [
    "an unknown key",
    [yaml(`${GROUP}sql: SELECT 1\ncolour: red\n`)],
    { code: "unknown_key", file: "bad.yaml", line: 7, says: '"colour"' },
  ],
  [
    "an unknown key of a feature",
    [yaml(`${GROUP}  - name: b\n    type: INT64\n    colour: red\nsql: SELECT 1\n`)],
    { code: "unknown_key", file: "bad.yaml", line: 8, says: '"colour"' },
  ],
  [
    "an unknown kind",
    [yaml("kind: thing\nname: x\n")],
    { code: "invalid_kind", file: "bad.yaml", line: 1, says: "feature_group" },
  ],
  ["a document that is no mapping", [yaml("- 1\n- 2\n")], { code: "", file: "bad.yaml", line: 1, says: "" }],
  [
    "a name that is none",
    [yaml("kind: entity\nname: Big Name\njoinKeys: []\n")],
    { code: "", file: "bad.yaml", line: 2, says: "name" },
  ],
  [
    "a key that is a float",
    [yaml("kind: entity\nname: x\njoinKeys:\n  - { name: k, type: FLOAT64 }\n")],
    { code: "", file: "bad.yaml", line: 4, says: "joinKeys.0.type" },
  ],
  [
    "a data type that is none",
    [yaml(`${GROUP}  - name: b\n    type: NUMBER\nsql: SELECT 1\n`)],
    { code: "", file: "bad.yaml", line: 7, says: "INT64" },
  ],
  [
    "a duration that is none",
    [yaml(`${GROUP}sql: SELECT 1\nttl: 1 week\n`)],
    { code: "", file: "bad.yaml", line: 7, says: "7d" },
  ],
  ["a missing key", [yaml("kind: entity\nname: x\n")], { code: "", file: "bad.yaml", line: 1, says: "joinKeys" }],
  [
    "the second document of a file",
    [yaml("kind: entity\nname: x\njoinKeys: []\n---\nkind: entity\nname: y\nbad: 1\njoinKeys: []\n")],
    { code: "unknown_key", file: "bad.yaml", line: 7, says: '"bad"' },
  ],
  [
    "the same definition twice in a file",
    [yaml("kind: entity\nname: x\njoinKeys: []\n---\nkind: entity\nname: x\njoinKeys: []\n")],
    { code: "duplicate", file: "bad.yaml", line: 5, says: "bad.yaml:1" },
  ],
  [
    "the same definition in two files",
    [yaml("kind: entity\nname: rider\njoinKeys: []\n")],
    { code: "duplicate", file: "bad.yaml", line: 1, says: "good.yaml:1" },
  ],
  [
    "a missing .sql file",
    [yaml(`${GROUP}sql: sql/nowhere.sql\n`)],
    { code: "missing_file", file: "bad.yaml", line: 6, says: "sql/nowhere.sql" },
  ],
  [
    "SQL that cannot be parsed",
    withSql("SELECT driver,\n  event_timestamp,\n  FROM FROM rides\n"),
    { code: "sql_invalid", file: "sql/fresh.sql", line: 3, says: "syntax" },
  ],
  [
    "SQL that reads an unknown column",
    withSql("SELECT driver, event_timestamp,\n  nonsense AS trips\nFROM rides\n"),
    { code: "sql_invalid", file: "sql/fresh.sql", line: 2, says: "nonsense" },
  ],
  [
    "SQL in a block of the YAML",
    [yaml(`${GROUP}sql: |\n  SELECT driver, event_timestamp,\n    nonsense AS trips\n  FROM rides\n`)],
    { code: "sql_invalid", file: "bad.yaml", line: 8, says: "nonsense" },
  ],
  [
    "SQL that is no SELECT",
    withSql("DROP TABLE rides"),
    { code: "sql_not_allowed", file: "sql/fresh.sql", line: 1, says: "SELECT" },
  ],
  [
    "SQL without the key",
    withSql("SELECT event_timestamp, trips FROM rides"),
    { code: "missing_key_column", file: "sql/fresh.sql", line: 1, says: "driver" },
  ],
  [
    "SQL without the event time",
    [inline("SELECT driver, trips FROM rides")],
    { code: "missing_timestamp", file: "bad.yaml", line: 6, says: "event_timestamp" },
  ],
  [
    "SQL whose event time is none",
    withSql("SELECT driver, 1 AS event_timestamp, trips FROM rides"),
    { code: "invalid_timestamp", file: "sql/fresh.sql", line: 1, says: "event_timestamp" },
  ],
  [
    "SQL without a feature",
    withSql("SELECT driver, event_timestamp FROM rides"),
    { code: "missing_column", file: "sql/fresh.sql", line: 1, says: "trips" },
  ],
  [
    "SQL without the created time",
    [
      ...withSql(GOOD_SQL).map((file) =>
        file.path === "bad.yaml" ? yaml(`${file.text}createdTime: created\n`) : file,
      ),
    ],
    { code: "missing_column", file: "sql/fresh.sql", line: 1, says: "created" },
  ],
  [
    "an undeclared column",
    withSql("SELECT driver, event_timestamp, trips, 1 AS extra FROM rides"),
    { code: "undeclared_column", file: "sql/fresh.sql", line: 1, says: "extra" },
  ],
  [
    "an unknown relation",
    withSql("SELECT driver, event_timestamp, trips\nFROM nowhere\n"),
    { code: "unknown_relation", file: "sql/fresh.sql", line: 2, says: "nowhere" },
  ],
  [
    "an unknown entity",
    [yaml(`${GROUP.replace("driver", "nobody")}sql: ${JSON.stringify(GOOD_SQL)}\n`)],
    { code: "entity_not_found", file: "bad.yaml", line: 1, says: "nobody" },
  ],
  [
    "a feature named like a key",
    [yaml(`${GROUP}  - { name: driver, type: INT64 }\nsql: SELECT 1\n`)],
    { code: "duplicate", file: "bad.yaml", line: 1, says: "driver" },
  ],
  [
    "a feature named twice",
    [yaml(`${GROUP}  - { name: trips, type: INT64 }\nsql: SELECT 1\n`)],
    { code: "duplicate", file: "bad.yaml", line: 1, says: "trips" },
  ],
  [
    "a view of an unknown group",
    [yaml(`${VIEW.replace("known", "nobody")}    features: [trips]\n`)],
    { code: "feature_group_not_found", file: "bad.yaml", line: 1, says: "nobody" },
  ],
  [
    "a view of an unknown feature",
    [yaml(`${VIEW}    features: [nope]\n`)],
    { code: "feature_not_found", file: "bad.yaml", line: 1, says: "nope" },
  ],
  [
    "a view of an unknown version",
    [yaml(`${VIEW}    version: 9\n    features: [trips]\n`)],
    { code: "feature_group_not_found", file: "bad.yaml", line: 1, says: "9" },
  ],
  [
    "a view that maps an unknown key",
    [yaml(`${VIEW}    keys: { rider: x }\n    features: [trips]\n`)],
    { code: "unknown_key", file: "bad.yaml", line: 1, says: "rider" },
  ],
  [
    "a view with one column twice",
    [yaml(`${VIEW}    features: [trips]\n  - group: known\n    features: [trips]\n`)],
    { code: "feature_name_collision", file: "bad.yaml", line: 1, says: "trips" },
  ],
  [
    "a view whose spine SQL fails",
    [yaml(`${VIEW}    features: [trips]\nspine:\n  sql: SELECT nonsense FROM rides\n`)],
    { code: "sql_invalid", file: "bad.yaml", line: 7, says: "nonsense" },
  ],
  [
    "a view whose spine reads something unknown",
    [yaml(`${VIEW}    features: [trips]\nspine:\n  sql: SELECT * FROM nowhere\n`)],
    { code: "unknown_relation", file: "bad.yaml", line: 7, says: "nowhere" },
  ],
  [
    "a view whose spine lacks its timestamp",
    [yaml(`${VIEW}    features: [trips]\nspine:\n  sql: SELECT driver FROM rides\n`)],
    { code: "missing_timestamp", file: "bad.yaml", line: 7, says: "event_timestamp" },
  ],
  [
    "a source with neither files nor sql",
    [yaml("kind: source\nname: s\n")],
    { code: "source_kind", file: "bad.yaml", line: 1, says: "files or sql" },
  ],
  [
    "a source whose file is not there",
    [yaml("kind: source\nname: s\nfiles: { format: csv, paths: [examples/nowhere.csv] }\n")],
    { code: "unreadable_file", file: "bad.yaml", line: 1, says: "examples/nowhere.csv" },
  ],
  [
    "a source outside the folders that may be read",
    [yaml("kind: source\nname: s\nfiles: { format: csv, paths: [/etc/passwd] }\n")],
    { code: "unreadable_file", file: "bad.yaml", line: 1, says: "LARDER_SOURCE_ROOTS" },
  ],
  [
    "a source without its event time",
    [yaml(`${source("s", "SELECT driver FROM rides")}eventTime: happened\n`)],
    { code: "missing_column", file: "bad.yaml", line: 1, says: "happened" },
  ],
  [
    "a source and a group of one name",
    [yaml(source("known", "SELECT * FROM rides"))],
    { code: "duplicate", file: "bad.yaml", line: 1, says: "known" },
  ],
  [
    "sources that read each other",
    [yaml(`${source("a", "SELECT * FROM b")}---\n${source("b", "SELECT * FROM a")}`)],
    { code: "cycle", file: "bad.yaml", line: 1, says: "a -> b" },
  ],
  [
    "a group that reads itself",
    [inline("SELECT driver, event_timestamp, trips FROM fresh")],
    { code: "cycle", file: "bad.yaml", line: 1, says: "fresh" },
  ],
])("%s: file, line and reason, and nothing is applied", async (_what, files, expected) => {
  const before = await countAllRows(ctx.db);
  const error = await errorOf(applyDefinitions(ctx, { files: [GOOD, ...files], dryRun: false }));
  expect(error.code).toBe("definition_invalid");
  const [issue] = error.issues;
  expect({ file: issue?.file, line: issue?.line }).toEqual({ file: expected.file, line: expected.line });
  if (expected.code) expect(issue?.code).toBe(expected.code);
  expect(issue?.detail).toContain(expected.says);
  expect(error.detail).toContain(`${expected.file}:${expected.line}`);
  expect(await countAllRows(ctx.db)).toEqual(before);
});

describe("several mistakes", () => {
  test("are all told at once", async () => {
    const files = [
      yaml("kind: entity\nname: [x\n", "one.yaml"),
      yaml("kind: thing\n", "two.yaml"),
      yaml(`${GROUP}sql: gone.sql\n`, "three.yaml"),
    ];
    const error = await errorOf(applyDefinitions(ctx, { files, dryRun: false }));
    expect(error.issues.map((issue) => issue.file).sort()).toEqual(
      expect.arrayContaining(["one.yaml", "three.yaml", "two.yaml"]),
    );
    expect(error.detail).toMatch(/and \d+ more/);
  });
  test.each([
    ["no definitions", [{ path: "only.sql", text: "SELECT 1" }]],
    ["an empty file", [yaml("")]],
    ["only comments", [yaml("# nothing\n---\n# here\n")]],
  ])("%s is refused", async (_what, files) => {
    expect((await errorOf(applyDefinitions(ctx, { files, dryRun: false }))).code).toBe("definition_invalid");
  });
  test("no message shows a path of this machine", async () => {
    const files = withSql("SELECT driver, event_timestamp, CAST(nope AS INT) AS trips FROM rides");
    const error = await errorOf(applyDefinitions(ctx, { files, dryRun: false }));
    expect(JSON.stringify(error.issues)).not.toContain(ctx.folder);
  });
});
