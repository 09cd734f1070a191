/** The rows of the bench, the same everywhere: groups of ten features, every key has every one of them. */
import { DuckDBInstance } from "@duckdb/node-api";

export const FEATURES = 10;
export const EVENT_TIME = "2026-01-01T00:00:00.000000Z";
export const featureValue = (feature: number, key: number): number => (key * 31 + feature * 7919) % 1_000_003;

/** Writes the rows of some groups as Parquet files: entity, event_timestamp, feature_<n>. */
export async function writeRows(files: { path: string; group: number }[], keys: number): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const { path, group } of files) {
    const features = Array.from({ length: FEATURES }, (_, i) => {
      const feature = group * FEATURES + i;
      return `(key * 31 + ${feature * 7919}) % 1000003 AS feature_${feature}`;
    });
    await connection.run(
      `COPY (SELECT key AS entity, TIMESTAMPTZ '${EVENT_TIME}' AS event_timestamp, ${features.join(", ")}
       FROM range(${keys}) t(key)) TO '${path}' (FORMAT parquet)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
}
