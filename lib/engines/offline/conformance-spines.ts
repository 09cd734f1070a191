import { describe, expect, test } from "vitest";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import { failure, joined, joinOf, requestOf, second, shapeOf, tableOf } from "./conformance-data";

/** Spines that are refused, and the casts that are not. */
export function spineConformance(subject: () => OfflineEngine): void {
  describe("spines", () => {
    const spineSql = (sql: string) => ({ spine: { kind: "query" as const, query: { sql, inputs: [] } } });
    const T = "TIMESTAMP '2001-01-01 00:00:01' AS ts";
    test.each([
      ["text for an integer key", `SELECT '1' AS k, ${T}`, "key_type_mismatch"],
      ["a float for an integer key", `SELECT 1.0::DOUBLE AS k, ${T}`, "key_type_mismatch"],
      ["no key column", `SELECT ${T}`, "missing_key_column"],
      ["no timestamp", "SELECT 1 AS k", "missing_timestamp"],
      ["text for the timestamp", "SELECT 1 AS k, '2001-01-01' AS ts", "invalid_timestamp"],
      ["a null timestamp", "SELECT 1 AS k, NULL::TIMESTAMP AS ts", "invalid_timestamp"],
      ["no rows", `SELECT 1 AS k, ${T} WHERE false`, "empty_spine"],
      ["a spine column named like a feature", `SELECT 1 AS k, 2 AS v, ${T}`, "feature_name_collision"],
      ["bad SQL", "SELECT FROM WHERE", "sql_invalid"],
      ["a statement that is not a SELECT", "CREATE TABLE x (a INTEGER)", "sql_not_allowed"],
    ])("refuses a spine with %s", async (_, sql, code) => {
      const table = await tableOf(subject(), shapeOf(), [{ rows: [[1, second(0), 1]] }]);
      expect((await failure(subject().asOf(requestOf([joinOf(table)], [], spineSql(sql))))).code).toBe(code);
    });

    test("integers widen and narrow by value, naive timestamps are UTC", async () => {
      const narrow = await tableOf(subject(), shapeOf({ keyType: "INT32" }), [{ rows: [[1, second(0), 1]] }]);
      expect(await joined(subject(), requestOf([joinOf(narrow)], [], spineSql(`SELECT 1::BIGINT AS k, ${T}`)))).toEqual(
        [1],
      );
      const error = await failure(
        subject().asOf(requestOf([joinOf(narrow)], [], spineSql(`SELECT 3000000000 AS k, ${T}`))),
      );
      expect([error.code, error.issues[0]?.row]).toEqual(["key_type_mismatch", 1]);
    });

    test("two features of one name collide", async () => {
      const table = await tableOf(subject(), shapeOf(), [{ rows: [[1, second(0), 1]] }]);
      const error = await failure(subject().asOf(requestOf([joinOf(table), joinOf(table)], [[1, second(1)]])));
      expect(error.code).toBe("feature_name_collision");
    });
  });
}
