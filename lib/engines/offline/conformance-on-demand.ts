import { describe, expect, test } from "vitest";
import type { AsOfRequest, OfflineEngine } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { failure, joinOf, requestOf, second, shapeOf, tableOf } from "./conformance-data";

const ROWS = 300_000;

/** What is computed of joined rows: every row once, in its place, whatever their number. */
export function onDemandConformance(subject: () => OfflineEngine): void {
  describe("columns that are computed", () => {
    const sql = `SELECT range AS n, range % 2 AS k, TIMESTAMPTZ '2001-01-01' + to_seconds(range) AS ts, CAST(range AS VARCHAR) AS word FROM range(${ROWS})`;
    const ask = async (onDemand: AsOfRequest["onDemand"], rest: Partial<AsOfRequest> = {}): Promise<AsOfRequest> => {
      const table = await tableOf(subject(), shapeOf(), [{ rows: [[1, second(0), 7]] }]);
      const spine = { spine: { kind: "query" as const, query: { sql, inputs: [] } } };
      return { ...requestOf([joinOf(table)], [], spine), ...(onDemand ? { onDemand } : {}), ...rest };
    };

    test("no row is lost or moved", async () => {
      const columns = {
        twice: { expression: "n * 2" },
        told: { expression: "concat(word, ':', cast(coalesce(v, -1) as STRING))" },
      };
      const requestData = [
        { name: "n", type: "INT64" },
        { name: "word", type: "STRING" },
      ];
      const path = "training-sets/computed.parquet";
      const result = await subject().asOf(await ask({ columns, requestData }, { output: { kind: "file", path } }));
      expect(result.rowCount).toBe(ROWS);
      expect(result.columns.slice(-2)).toEqual([
        { name: "told", type: "STRING" },
        { name: "twice", type: "INT64" },
      ]);
      expect(result.nullCounts).toMatchObject({ twice: 0, told: 0 });
      const { chunks } = await subject().resultRows(path);
      let at = 0;
      const wrong: Value[][] = [];
      for await (const rows of chunks)
        for (const row of rows) {
          const [n, k] = [Number(row[0]), Number(row[1])];
          if (n !== at || row.at(-1) !== at * 2 || row.at(-2) !== `${at}:${k === 1 ? 7 : -1}`) wrong.push(row);
          at++;
        }
      expect([at, wrong.slice(0, 3)]).toEqual([ROWS, []]);
    });

    test.each<[what: string, requestData: { name: string; type: string }[], expression: string, code: string]>([
      ["a column that is not there", [{ name: "m", type: "INT64" }], "m", "missing_request_data"],
      ["a column of another type", [{ name: "ts", type: "BOOL" }], "ts", "invalid_type"],
      ["values that would change", [{ name: "word", type: "BOOL" }], "word", "invalid_type"],
      ["an expression that is none", [], "zzz", "invalid_expression"],
    ])("%s is refused", async (_, requestData, expression, code) => {
      const request = await ask({ columns: { x: { expression } }, requestData });
      expect((await failure(subject().asOf(request))).code).toBe(code);
    });

    test("the name of a column that is there is refused", async () => {
      const request = await ask({ columns: { word: { expression: "1" } }, requestData: [] });
      expect((await failure(subject().asOf(request))).code).toBe("feature_name_collision");
    });

    test("nobody else's SQL may call what computes", async () => {
      const request = await ask({ columns: { x: { expression: "v" } }, requestData: [] });
      const stolen = { sql: "SELECT 1 AS k, TIMESTAMPTZ '2001-01-01' AS ts, larder_on_demand(1) AS w", inputs: [] };
      const error = await failure(subject().asOf({ ...request, spine: { kind: "query", query: stolen } }));
      expect(error.code).toBe("sql_invalid");
    });
  });
}
