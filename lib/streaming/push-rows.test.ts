import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { orderOf, rowSchema, valuesOf } from "@/lib/compute/online-row";
import type { Actor } from "@/lib/kernel/actor";
import type { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { materializeGroup } from "@/lib/materialization/materialize-group";
import { loadCatalog } from "@/lib/serving/serving-catalog";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { writeTestRows } from "@/lib/testing/written-rows";
import { pushOnline } from "./push-online";
import { pushRows } from "./push-rows";
import { PushRows, type PushTo } from "./schema";
import type { PushTarget } from "./target";

let ctx: TestContext;
let project: TestContext;
beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

const T = (second: number): string => `2026-01-10T00:00:${String(second).padStart(2, "0")}.000000Z`;
const features = { n: "INT64", word: "STRING" };

beforeEach(async () => {
  project = await inNewProject(ctx);
  await apply(project, entity("person", { person: "INT64" }), group("clicks", { entity: "person", features }));
});

type Row = Record<string, Value>;
const push = (rows: Row[], to: PushTo = "online", name = "clicks", key: string | null = null) =>
  pushRows(project, PushRows.parse({ featureGroup: name, rows, to }), { key });
const row = (person: Value, second: number, n: Value, rest: Row = {}): Row => ({
  person,
  event_timestamp: T(second),
  n,
  ...rest,
});

const tableOf = (name = "clicks") =>
  ctx.db.materialization.findFirst({ where: { group: { name, projectId: project.project.id, latest: true } } });

/** What readers of the group's table find for keys: values, and how the row stands in the total order. */
async function online(keys: Value[][], name = "clicks"): Promise<({ values: Value[]; commit: number } | null)[]> {
  const table = await tableOf(name);
  if (!table) throw new Error(`${name} has no table`);
  const rows = await ctx.online.getMany(table.onlineTable, keys);
  const schema = rowSchema(table.columns as Column[]);
  return rows.map((text) =>
    text === null ? null : { values: valuesOf(schema, text), commit: orderOf(text).commitSequence },
  );
}
const values = async (...keys: Value[]): Promise<(Value[] | null)[]> =>
  (await online(keys.map((key) => [key]))).map((found) => found?.values ?? null);

describe("which row of a key stays", () => {
  test("the newest event; with one event time the later push; what is missing is null", async () => {
    expect(await push([row(1, 5, 50, { word: "a" })])).toEqual({ accepted: 1, written: 1, warnings: [] });
    expect(await push([row(1, 4, 40)])).toMatchObject({ accepted: 1, written: 0 });
    expect(await values(1)).toEqual([[50, "a"]]);
    expect(await push([row(1, 5, 51)])).toMatchObject({ written: 1 });
    expect(await values(1)).toEqual([[51, null]]);
    expect(await push([row(2, 1, 1), row(2, 1, 2), row(3, 1, 3)])).toMatchObject({ accepted: 3, written: 2 });
    expect(await values(2, 3, 4)).toEqual([[2, null], [3, null], null]);
  });

  test("a correction with an earlier created time of its own loses, with a later one it wins", async () => {
    await apply(project, group("known", { entity: "person", features, createdTime: "known_at" }));
    await push([row(1, 5, 1, { known_at: T(10) })], "online", "known");
    await push([row(1, 5, 2, { known_at: T(9) })], "online", "known");
    expect((await online([[1]], "known"))[0]?.values).toEqual([1, null]);
    await push([row(1, 5, 3, { known_at: T(11) })], "online", "known");
    expect((await online([[1]], "known"))[0]?.values).toEqual([3, null]);
    // Without one, Larder learned it now.
    await push([row(1, 5, 4)], "online", "known");
    expect((await online([[1]], "known"))[0]?.values).toEqual([4, null]);
  });

  test("calls in any order, some of them twice, end in one state", async () => {
    await apply(project, group("known", { entity: "person", features, createdTime: "known_at" }));
    const sent = fc.uniqueArray(
      fc.record({ person: fc.integer({ min: 1, max: 3 }), at: fc.integer({ min: 0, max: 5 }), known: fc.nat(5) }),
      { minLength: 1, maxLength: 12, selector: ({ person, at, known }) => `${person} ${at} ${known}` },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(sent, fc.infiniteStream(fc.nat(1000)), async (items, dice) => {
        const base = ++round * 10;
        const rows = items.map(({ person, at, known }, n) => row(base + person, at, n, { known_at: T(10 + known) }));
        const order = (one: Row): string => `${one.event_timestamp} ${one.known_at}`;
        const expected = [1, 2, 3].map((person) => {
          const own = rows.filter((one) => one.person === base + person).sort((a, b) => (order(a) < order(b) ? 1 : -1));
          return own[0]?.n ?? null;
        });
        const shuffled = [...rows, ...rows.slice(0, 2)]
          .map((one): [number, Row] => [dice.next().value ?? 0, one])
          .sort(([a], [b]) => a - b);
        for (const [, one] of shuffled) await push([one], "online", "known");
        const found = await online([[base + 1], [base + 2], [base + 3]], "known");
        expect(found.map((one) => one?.values[0] ?? null)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  test("a thousand pushes of one key at once: the newest event stays, and nothing is lost of another key", async () => {
    await push([row(1, 0, -1)]);
    const seconds = Array.from({ length: 1000 }, (_, at) => (at * 7919) % 1000);
    const at = (second: number): string =>
      `2026-01-10T00:${String(Math.floor(second / 60)).padStart(2, "0")}:${String(second % 60).padStart(2, "0")}Z`;
    await Promise.all(
      seconds.map((second) =>
        push([
          { person: 1, event_timestamp: at(second), n: second },
          { person: 10_000 + second, event_timestamp: at(second), n: second },
        ]),
      ),
    );
    expect(await values(1)).toEqual([[999, null]]);
    const others = await values(...seconds.map((second) => 10_000 + second));
    expect(others.map((found) => found?.[0])).toEqual(seconds);
  });

  test("a thousand pushes of one key and one event time at once: the one that was sent last stays", async () => {
    await push([row(1, 5, -1)]);
    const { groups } = await loadCatalog(project, 0);
    const target = groups.find(({ name }) => name === "clicks") as PushTarget;
    const at = ctx.clock.now();
    const pushes = Array.from({ length: 1000 }, (_, n) => pushOnline(project, target, [row(1, 5, n)]));
    // Later, though the clock was put back.
    ctx.clock.advance(-3600);
    pushes.push(pushOnline(project, target, [row(1, 5, 1000)]));
    await Promise.all(pushes);
    ctx.clock.set(at.toISOString());
    expect(await values(1)).toEqual([[1000, null]]);
  });
});

describe("history", () => {
  test("offline: a commit and nothing online; the run that follows it brings it there", async () => {
    const answer = await push([row(1, 5, 50)], "offline");
    expect(answer).toMatchObject({ accepted: 1, written: 0, commit: { sequence: 1, mode: "append", rowCount: 1 } });
    expect(await tableOf()).toBeNull();
    await materializeGroup(project, { name: "clicks", runId: null });
    expect(await values(1)).toEqual([[50, null]]);
  });

  test("both: readable at once, and the very rows that materialization puts", async () => {
    const rows = [
      row(2, 5, "9007199254740993", { word: "é" }),
      row(1, 5, 1),
      row(1, 6, 2, { word: "a" }),
      row(1, 6, 3, { word: "b" }),
    ];
    const answer = await push(rows, "online_and_offline");
    expect(answer).toMatchObject({ accepted: 4, written: 2, commit: { sequence: 1, rowCount: 3 } });
    const table = await tableOf();
    const keys = [[1], [2]];
    const atOnce = await ctx.online.getMany(table?.onlineTable ?? "", keys);
    expect(await values(1, 2)).toEqual([
      [3, "b"],
      ["9007199254740993", "é"],
    ]);
    await materializeGroup(project, { name: "clicks", runId: null });
    const after = await tableOf();
    expect(after?.watermarkSequence).toBe(1);
    expect(await ctx.online.getMany(after?.onlineTable ?? "", keys)).toEqual(atOnce);
  });

  test("push, materialize, push: each new row counts, and a materialization undoes no push", async () => {
    await push([row(1, 5, 1), row(2, 5, 1)], "online_and_offline");
    await push([row(1, 6, 2)]);
    await materializeGroup(project, { name: "clicks", runId: null });
    expect(await values(1, 2)).toEqual([
      [2, null],
      [1, null],
    ]);
    await push([row(2, 6, 3)]);
    await writeTestRows(project, "clicks", [row(1, 4, 4), row(3, 1, 5)]);
    await materializeGroup(project, { name: "clicks", runId: null });
    expect(await values(1, 2, 3)).toEqual([
      [2, null],
      [3, null],
      [5, null],
    ]);
    // The same event, and learned later.
    ctx.clock.advance(60);
    await writeTestRows(project, "clicks", [row(1, 6, 6)]);
    await materializeGroup(project, { name: "clicks", runId: null });
    expect(await values(1)).toEqual([[6, null]]);
  });

  test("what was pushed online only outlives an overwrite of history", async () => {
    await writeTestRows(project, "clicks", [row(1, 1, 1), row(2, 1, 1)]);
    await materializeGroup(project, { name: "clicks", runId: null });
    await push([row(1, 5, 50), row(7, 5, 70)]);
    await writeTestRows(project, "clicks", [row(3, 1, 3)], { mode: "overwrite" });
    await materializeGroup(project, { name: "clicks", runId: null });
    expect(await values(1, 2, 3, 7)).toEqual([[50, null], null, [3, null], [70, null]]);
  });

  test("pushes that meet a rebuild are all found afterwards", async () => {
    await writeTestRows(project, "clicks", [row(1, 1, 1)]);
    await materializeGroup(project, { name: "clicks", runId: null });
    await push([row(2, 1, 2)]);
    let over = false;
    const rebuilt = materializeGroup(project, { name: "clicks", runId: null, rebuild: true }).finally(() => {
      over = true;
    });
    const sent: number[] = [];
    const pushes: Promise<unknown>[] = [];
    while (!over) {
      const person = 1000 + sent.length;
      pushes.push(push([row(person, 5, person)], sent.length % 10 === 0 ? "online_and_offline" : "online"));
      sent.push(person);
      // Nobody waits for a push: one into the new table takes as long as readers take to follow.
      await sleep(20);
    }
    await Promise.all([rebuilt, ...pushes]);
    expect(sent.length).toBeGreaterThan(20);
    expect((await values(...sent)).map((found) => found?.[0])).toEqual(sent);
  });

  test("the same key makes one commit; other rows with it are refused", async () => {
    const first = await push([row(1, 5, 1)], "online_and_offline", "clicks", "once");
    const again = await push([row(1, 5, 1)], "online_and_offline", "clicks", "once");
    expect([again.commit, again.written]).toEqual([first.commit, 0]);
    expect(await ctx.db.commit.count({ where: { group: { projectId: project.project.id } } })).toBe(1);
    const error = await errorOf(push([row(1, 5, 2)], "offline", "clicks", "once"));
    expect(error.code).toBe("idempotency_key_reused");
  });

  test("a commit that a later overwrite hides is not put online", async () => {
    await push([row(1, 1, 1)], "online_and_offline", "clicks", "k");
    await writeTestRows(project, "clicks", [row(2, 1, 2)], { mode: "overwrite" });
    await materializeGroup(project, { name: "clicks", runId: null });
    // A repetition answers as before, and brings nothing back.
    await push([row(1, 1, 1)], "online_and_offline", "clicks", "k");
    expect(await values(1, 2)).toEqual([null, [2, null]]);
  });
});

test("a table that the store has lost takes no rows until it is built again", async () => {
  await push([row(1, 5, 50)]);
  const table = await tableOf();
  await ctx.online.drop(table?.onlineTable ?? "");
  await ctx.online.deleteMany("larder.marks", [[table?.onlineTable ?? ""]]);
  for (const to of ["online", "online_and_offline"] as const)
    expect((await errorOf(push([row(1, 6, 60)], to))).code).toBe("dependency_unavailable");
  await writeTestRows(project, "clicks", [row(1, 4, 40)]);
  await materializeGroup(project, { name: "clicks", runId: null });
  await push([row(1, 6, 60)]);
  expect(await values(1)).toEqual([[60, null]]);
});

describe("refused", () => {
  const rules = { n: { type: "INT64", constraints: { min: 0, max: 100, notNull: true }, status: "ACTIVE" as const } };

  test.each<[string, Row[]]>([
    ["a type", [row(1, 1, "x")]],
    ["an integer that is none", [row(1, 1, 1.5)]],
    ["a key that is null", [row(null, 1, 1), row(1, 1, 1)]],
    ["a key that is missing", [{ event_timestamp: T(1), n: 1 }]],
    ["a key of another type", [row("1x", 1, 1)]],
    ["no event time", [{ person: 1, n: 1 }]],
    ["an event time that is none", [{ person: 1, n: 1, event_timestamp: "yesterday" }]],
    ["an event time in the future", [{ person: 1, n: 1, event_timestamp: "2026-01-15T13:00:00Z" }]],
    ["a column that is unknown", [row(1, 1, 1, { other: 1 })]],
    ["a constraint", [row(1, 1, 1), row(1, 1, -1), row(1, 1, 101), row(1, 1, null)]],
    ["several in one row", [row(1, 1, 1), row(null, 1, "x", { word: 5, other: 1 })]],
  ])("%s: with the code, rows and words of rows that are written; nothing is pushed", async (_, rows) => {
    await apply(project, group("strict", { entity: "person", features: { ...rules, word: "STRING" } }));
    const told = ({ code, detail, issues }: LarderError) => ({ code, detail, issues });
    const written = told(await errorOf(writeTestRows(project, "strict", rows)));
    for (const to of ["online", "offline", "online_and_offline"] as const)
      expect(told(await errorOf(push(rows, to, "strict")))).toEqual(written);
    expect(await tableOf("strict")).toBeNull();
    expect(written.issues[0]?.row).toBeGreaterThan(0);
  });

  test("a text with halves of characters, by its column", async () => {
    const error = await errorOf(push([row(1, 1, 1, { word: "a\ud800b" })]));
    expect(error).toMatchObject({ code: "invalid_type", issues: [{ row: 1, pointer: "/word" }] });
  });

  test("what is allowed by a list, compared as the type compares", async () => {
    const allowed = { type: "DECIMAL(4,2)", constraints: { allowed: ["1.5", "2"] }, status: "ACTIVE" as const };
    await apply(project, group("prices", { entity: "person", features: { price: allowed } }));
    const sent = { person: 1, event_timestamp: T(1) };
    await push([{ ...sent, price: 1.5 }, { ...sent, price: "2.00" }, sent], "online", "prices");
    expect(await errorOf(push([{ ...sent, price: "1.51" }], "online", "prices"))).toMatchObject({
      code: "constraint_violated",
    });
  });

  test("no rows, more than ten thousand, an unknown group, a group that is not online", async () => {
    await apply(project, group("history_only", { entity: "person", features, online: false }));
    expect((await errorOf(push([]))).code).toBe("validation_failed");
    const many = Array.from({ length: 10_001 }, (_, at) => row(at, 1, 1));
    expect((await errorOf(push(many))).code).toBe("row_limit_exceeded");
    expect((await errorOf(push([row(1, 1, 1)], "online", "nobody"))).code).toBe("feature_group_not_found");
    expect((await errorOf(push([row(1, 1, 1)], "online", "history_only"))).code).toBe("state_conflict");
    expect(await push([row(1, 1, 1)], "offline", "history_only")).toMatchObject({ commit: { sequence: 1 } });
  });

  test("a computed group takes online pushes only", async () => {
    await apply(
      project,
      await csvSource(project, "source", "person,event_timestamp,n,word\n7,2026-01-01,70,made\n"),
      group("computed", { entity: "person", sql: "SELECT person, event_timestamp, n, word FROM source", features }),
    );
    await refresh(project, ["computed"]);
    await push([row(7, 5, 71)], "online", "computed");
    expect((await online([[7]], "computed"))[0]).toEqual({ values: [71, null], commit: 1 });
    for (const to of ["offline", "online_and_offline"] as const)
      expect((await errorOf(push([row(7, 6, 72)], to, "computed"))).code).toBe("state_conflict");
  });

  test("online takes online.write, history rows.write; a viewer has neither", async () => {
    const as = (role: Actor["role"], scopes?: string[]): TestContext => ({
      ...project,
      actor: { kind: "user", id: "u", name: "U", role, ...(scopes ? { scopes } : {}) },
    });
    const how = async (who: TestContext, to: PushTo): Promise<string> =>
      pushRows(who, PushRows.parse({ featureGroup: "clicks", rows: [row(1, 1, 1)], to })).then(
        () => "ok",
        (error: LarderError) => error.code,
      );
    const modes = ["online", "offline", "online_and_offline"] as const;
    const all = (who: TestContext) => Promise.all(modes.map((to) => how(who, to)));
    expect(await all(as("viewer"))).toEqual(["forbidden", "forbidden", "forbidden"]);
    expect(await all(as("engineer", ["online:write"]))).toEqual(["ok", "insufficient_scope", "insufficient_scope"]);
    expect(await all(as("engineer", ["rows:write"]))).toEqual(["insufficient_scope", "ok", "insufficient_scope"]);
    expect(await all(as("engineer"))).toEqual(["ok", "ok", "ok"]);
  });
});

test("warnings are those of rows that are written", async () => {
  const rows = [{ person: 1, event_timestamp: "1970-01-01T00:00:01Z", n: 1 }];
  const { answer } = await writeTestRows(project, "clicks", rows);
  expect(answer.warnings).toHaveLength(1);
  expect((await push(rows)).warnings).toEqual(answer.warnings);
});
