import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { at } from "@/lib/engines/offline/conformance-data";
import { asOfOracle, type OracleRow } from "@/lib/engines/offline/oracle";
import { epochMs } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, type Written } from "@/lib/testing/definitions";
import { computeGroup } from "./compute-group";
import { getHistoricalFeatures } from "./get-historical-features";
import { HistoricalFeatures } from "./schema";

const SECOND = 1_000_000;
const KEYS = [
  { name: "k", type: "INT64" },
  { name: "l", type: "STRING" },
];
const ENTITIES = ["world", "one", "two"];

// Few keys, few instants, and a microsecond to either side of them: almost every case has ties and edges.
const instant = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0, 0, 0, -1, 1))
  .map(([second, edge]) => second * SECOND + edge);
const row = fc.record({
  keys: fc.tuple(fc.constantFrom(1, 12), fc.constantFrom("2", "22", "a")),
  eventTime: instant,
  createdTime: fc.option(instant, { freq: 4 }),
});
const oneGroup = fc.record({
  width: fc.constantFrom(0, 1, 2, 2),
  ttl: fc.constantFrom(undefined, "0s", "1s", "2s"),
  hasCreated: fc.boolean(),
  rows: fc.array(row, { minLength: 1, maxLength: 14 }),
});
const question = fc.record({
  keys: fc.tuple(fc.option(fc.constantFrom(1, 12, 3), { freq: 9 }), fc.constantFrom("2", "22", "a")),
  at: instant,
});
const scenario = fc.record({
  groups: fc.array(oneGroup, { minLength: 2, maxLength: 3 }),
  questions: fc.array(question, { minLength: 1, maxLength: 20 }),
});
type Group = typeof oneGroup extends fc.Arbitrary<infer T> ? T : never;

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

async function register(project: TestContext, groups: Group[]): Promise<void> {
  const definitions: Written[] = ENTITIES.map((name, width) =>
    entity(name, Object.fromEntries(KEYS.slice(0, width).map((key) => [key.name, key.type]))),
  );
  for (const [index, about] of groups.entries()) {
    const lines = about.rows.map((one, i) =>
      [...one.keys, at(one.eventTime), one.createdTime === null ? "" : at(one.createdTime), i].join(","),
    );
    const csv = ["k,l,event_timestamp,created,v", ...lines, ""].join("\n");
    definitions.push(await csvSource(project, `rows_${index}`, csv));
    const times = ["event_timestamp", ...(about.hasCreated ? ["created"] : [])];
    const columns = [
      ...["CAST(k AS BIGINT) AS k", "CAST(l AS VARCHAR) AS l"].slice(0, about.width),
      ...times.map((name) => `CAST(${name} AS TIMESTAMPTZ) AS ${name}`),
      `CAST(v AS BIGINT) AS v${index}`,
    ];
    const created = about.hasCreated ? { createdTime: "created" } : {};
    const ttl = about.ttl ? { ttl: about.ttl } : {};
    const sql = `SELECT ${columns.join(", ")} FROM rows_${index}`;
    const features = { [`v${index}`]: "INT64" };
    definitions.push(
      group(`g${index}`, { entity: ENTITIES[about.width] ?? "", sql, features, online: false, ...created, ...ttl }),
    );
  }
  await apply(project, ...definitions);
  for (const index of groups.keys()) await computeGroup(project, { name: `g${index}`, runId: null });
}

function oracleRows(about: Group, committedAt: number): OracleRow[] {
  return about.rows.map((one, index) => ({
    keys: one.keys.slice(0, about.width),
    eventTime: one.eventTime,
    createdTime: about.hasCreated ? one.createdTime : committedAt,
    commitSequence: 1,
    rowNumber: index,
    values: [index],
  }));
}

test("random groups, keys, ties and ttl edges: every answer is that of the double loop", async () => {
  const seed = Date.now() % 1_000_000_007;
  console.info(`historical features: fast-check seed ${seed}`);
  // Without a created column a row is known from its commit on: in the middle of the spine's instants.
  const committedAt = 2 * SECOND;
  ctx.clock.set(new Date(epochMs(at(committedAt))).toISOString());
  await fc.assert(
    fc.asyncProperty(scenario, async ({ groups, questions }) => {
      const project = await inNewProject(ctx);
      await register(project, groups);
      const spine = questions.map((one, place) => ({
        place,
        k: one.keys[0],
        l: one.keys[1],
        event_timestamp: at(one.at),
      }));
      const features = groups.map((_, index) => `g${index}:v${index}`);
      for (const knowledge of ["event_time", "created_time"] as const) {
        const request = { entity_df: spine, features, as_known: knowledge, null_keys: "keep" };
        const answer = await getHistoricalFeatures(project, HistoricalFeatures.parse(request));
        const expected: Record<string, Value>[] = spine.map((own) => ({ ...own }));
        for (const [index, about] of groups.entries()) {
          const asked = questions.map((one) => ({ keys: one.keys.slice(0, about.width), at: one.at }));
          const ttl = Number(about.ttl?.slice(0, -1) ?? 0) * SECOND;
          const winners = asOfOracle(oracleRows(about, committedAt), asked, { ttl, knowledge });
          for (const [i, own] of expected.entries()) own[`v${index}`] = winners[i]?.values[0] ?? null;
        }
        expect(answer.rows).toEqual(expected);
      }
    }),
    { seed, numRuns: 8, endOnFailure: true },
  );
});
