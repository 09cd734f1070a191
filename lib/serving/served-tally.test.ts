import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeRow, openRow, rowSchema } from "@/lib/compute/online-row";
import type { Vectors } from "./answer-text";
import type { FoundRow } from "./found-rows";
import type { ReadColumn } from "./plan-read";
import type { ValueStatus } from "./schema";
import { addVectors, countsOf, newTally, noStatuses, type Reader } from "./served-tally";
import type { ServedGroup } from "./serving-catalog";

const TIME = "2026-01-15T11:00:00.000000Z";
const schema = rowSchema(["a", "b", "c"].map((name) => ({ name, type: "STRING" })));
const reader: Reader = {
  actor: { kind: "user", id: "usr", name: "U", role: "viewer" },
  project: { id: "prj", name: "p" },
};

/** Three columns of two reads; what is called `later` came after the rows were written. */
const COLUMNS = ["a", "b", "c", "later"].flatMap((feature) =>
  [0, 1].map((read): ReadColumn => {
    const index = schema.columns.findIndex(({ name }) => name === feature);
    const sensitivity = feature === "b" ? "personal" : null;
    const rest = { fallback: undefined, name: "", head: "", status: "ACTIVE", deprecation: null, dataType: "STRING" };
    return { ...rest, as: `${read}_${feature}`, read, feature, index, sensitivity, reference: `g${read}:${feature}` };
  }),
);
const group = { name: "g" } as ServedGroup;
const plan: Vectors["plan"] = {
  reads: [0, 1].map(() => ({ group, keyColumns: [], keyNames: "" })),
  columns: COLUMNS,
  guarded: [],
  onDemand: null,
  view: null,
};

const value = fc.constantFrom(null, "x", "null", "nullable", "");
const row = fc.option(
  fc.record({ values: fc.tuple(value, value, value), expired: fc.boolean() }).map(({ values, expired }): FoundRow => {
    const order = { eventTime: TIME, createdTime: null, commitSequence: 1, rowNumber: 1 };
    return { open: openRow(schema, encodeRow(schema, order, values)), eventTime: TIME, ageSeconds: 1, expired };
  }),
);
const answer = fc
  .record({
    rows: fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 6 }),
    masked: fc.boolean(),
    overridden: fc.option(fc.constantFrom(...COLUMNS.map(({ as }) => as))),
  })
  .map(({ rows, masked, overridden }): Vectors => {
    const overrides =
      overridden === null ? null : (_: number, as: string) => (as === overridden ? '"given"' : undefined);
    const found = [rows.map(([first]) => first), rows.map(([, second]) => second)];
    return { plan, ids: rows.map(() => "k"), found, masked, overrides, requestData: null, warnings: [] };
  });

/** The status of one value, said as plainly as the documentation does. */
function statusOf({ found, masked, overrides }: Vectors, entity: number, column: ReadColumn): ValueStatus {
  const row = found[column.read]?.[entity];
  if (overrides?.(entity, column.as) !== undefined) return "OVERRIDDEN";
  if (!row || column.index < 0) return "NOT_FOUND";
  if (masked && column.sensitivity === "personal") return "MASKED";
  if (row.expired) return "OUTSIDE_MAX_AGE";
  const { open } = row;
  const values = open.row.slice(open.values);
  const ends = Array.from({ length: 3 }, (_, at) => open.row.slice(open.ends + at * 3, open.ends + at * 3 + 3));
  const end = (at: number): number =>
    [...(ends[at] ?? "")].reduce((sum, char) => sum * 64 + char.charCodeAt(0) - 48, 0);
  const json = values.slice(column.index === 0 ? 0 : end(column.index - 1), end(column.index));
  return json === "null" ? "NULL_VALUE" : "PRESENT";
}

test("counts are those of looking at every value", () => {
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 4 }), (answers) => {
      const tally = newTally(plan, reader, 20_468);
      const statuses = noStatuses();
      const expected = noStatuses();
      const present = new Map(COLUMNS.map(({ reference }) => [reference, 0]));
      let entities = 0;
      for (const vectors of answers) {
        let missing = 0;
        for (const column of COLUMNS)
          for (let entity = 0; entity < vectors.ids.length; entity++) {
            const status = statusOf(vectors, entity, column);
            expected[status]++;
            const there = status === "PRESENT" || status === "OVERRIDDEN";
            if (there) present.set(column.reference, (present.get(column.reference) ?? 0) + 1);
            else missing++;
          }
        entities += vectors.ids.length;
        expect(addVectors(tally, statuses, vectors)).toBe(missing);
      }
      expect(statuses).toEqual(expected);
      expect(countsOf(tally)).toEqual(
        COLUMNS.map(({ reference }) => ({
          projectId: "prj",
          reference,
          callerKind: "user",
          callerId: "usr",
          callerName: "U",
          day: "2026-01-15",
          requests: answers.length,
          values: entities,
          present: present.get(reference),
        })),
      );
    }),
    { numRuns: 300 },
  );
});

test("a feature that is read under two keys: one request, two values", () => {
  const twice = { ...plan, columns: COLUMNS.slice(0, 2).map((column) => ({ ...column, reference: "g:a" })) };
  const tally = newTally(twice, reader, 20_468);
  addVectors(tally, noStatuses(), {
    plan: twice,
    ids: ["k"],
    found: [[null], [null]],
    masked: false,
    overrides: null,
    requestData: null,
    warnings: [],
  });
  expect(countsOf(tally)).toMatchObject([{ reference: "g:a", requests: 1, values: 2, present: 0 }]);
});
