import type { HistoricalAnswer } from "@/lib/datasets/schema";
import type { Table } from "./route";

/** The answer of /features/historical as a table; columns that came with the spine count as text where they hold text. */
export function historicalTable(answer: HistoricalAnswer): Table {
  const types = new Map(answer.metadata.manifest.features.map((feature) => [feature.column, feature.dataType]));
  return {
    columns: answer.columns.map((name) => ({ name, type: types.get(name) ?? "STRING" })),
    rows: answer.rows.map((row) => answer.columns.map((name) => row[name] ?? null)),
  };
}
