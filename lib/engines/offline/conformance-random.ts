import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LatestRow, OfflineEngine, Shape } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { at, type Commit, joinOf, requestOf, shapeOf, tableOf } from "./conformance-data";
import { asOfOracle, latestOracle, type OracleRow } from "./oracle";

const SECOND = 1_000_000;

/** Few instants, and a microsecond to either side of them: almost every case has ties and edges. */
export const instant = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0, 0, 0, -1, 1))
  .map(([s, edge]) => s * SECOND + edge);
const keys = fc.tuple(fc.constantFrom(1, 2), fc.constantFrom("1", "a"));
const row = fc.record({ keys, eventTime: instant, createdTime: fc.option(instant, { freq: 4 }) });
/** Tables with few keys of two columns, and questions to them. */
export const scenario = fc.record({
  commits: fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
  questions: fc.array(
    fc.record({
      keys: fc.tuple(fc.option(fc.constantFrom(1, 2, 3), { freq: 9 }), fc.constantFrom("1", "a")),
      at: instant,
    }),
    { minLength: 1, maxLength: 25 },
  ),
  ttlSeconds: fc.constantFrom(null, 0, 1, 2),
  width: fc.constantFrom(0, 1, 2),
  hasCreated: fc.boolean(),
});

/** A random table and questions to it. */
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const COMMITTED = [2 * SECOND, 2 * SECOND, 3 * SECOND];

/** The rows of a scenario as the oracle sees them. */
export function oracleRows({ commits, width, hasCreated }: Scenario): OracleRow[] {
  return commits.flatMap((rows, c) =>
    rows.map((one, i) => ({
      keys: one.keys.slice(0, width),
      eventTime: one.eventTime,
      createdTime: hasCreated ? one.createdTime : (COMMITTED[c] ?? 0),
      commitSequence: c + 1,
      rowNumber: i,
      values: [100 * (c + 1) + i],
    })),
  );
}

/** The same rows as commits of a table. */
export function commitsOf(rows: OracleRow[], { commits, hasCreated }: Scenario): Commit[] {
  const laidOut = ({ keys: key, eventTime, createdTime, values }: OracleRow): Value[] => [
    ...key,
    at(eventTime),
    ...(hasCreated ? [createdTime === null ? null : at(createdTime)] : []),
    ...values,
  ];
  return commits.map((_, c) => ({
    rows: rows.filter((one) => one.commitSequence === c + 1).map(laidOut),
    committedAt: at(COMMITTED[c] ?? 0),
  }));
}

/** The shape of a scenario's table. */
export function scenarioShape({ hasCreated, width }: Scenario): Shape {
  const keys = [
    { name: "k", type: "INT64" },
    { name: "l", type: "STRING" },
  ];
  return { ...shapeOf({ created: hasCreated }), keys: keys.slice(0, width) };
}

/** The seed of a run, printed: given with --seed=, else from the clock. */
export function seedOf(what: string): number {
  const given = process.argv.find((arg) => arg.startsWith("--seed="))?.slice(7) ?? "";
  const seed = Number.parseInt(given, 10) || Date.now() % 1_000_000_007;
  console.info(`offline conformance, ${what}: fast-check seed ${seed}`);
  return seed;
}

/** Random tables and spines against the naive double loop. */
export function randomConformance(engine: () => OfflineEngine): void {
  describe("random data agrees with the double loop", () => {
    test("asOf in both modes, and latest", async () => {
      const seed = seedOf("as-of and latest");
      await fc.assert(
        fc.asyncProperty(scenario, async (given) => {
          const rows = oracleRows(given);
          const shape = scenarioShape(given);
          const table = await tableOf(engine(), shape, commitsOf(rows, given));
          const questions = given.questions.map((question) => ({
            keys: question.keys.slice(0, given.width),
            at: question.at,
          }));
          const spine = questions.map((question) => [...question.keys, at(question.at)]);
          for (const knowledge of ["event_time", "created_time"] as const) {
            const result = await engine().asOf(
              requestOf([joinOf(table, { ttlSeconds: given.ttlSeconds })], spine, { knowledge }),
            );
            const expected = asOfOracle(rows, questions, { ttl: (given.ttlSeconds ?? 0) * SECOND, knowledge });
            expect(result.rows).toEqual(spine.map((own, i) => [...own, expected[i]?.values[0] ?? null]));
          }
          const found: LatestRow[] = [];
          for await (const chunk of engine().latest({ table, at: at(3 * SECOND) })) found.push(...chunk);
          const winners = latestOracle(rows, 3 * SECOND).map((winner) => [
            JSON.stringify(winner.keys),
            at(winner.eventTime),
            winner.commitSequence,
            winner.values,
          ]);
          expect(
            found.map((one) => [JSON.stringify(one.keys), one.eventTime, one.commitSequence, one.values]).sort(),
          ).toEqual(winners.sort());
        }),
        { seed, numRuns: 40 },
      );
    });
  });
}
