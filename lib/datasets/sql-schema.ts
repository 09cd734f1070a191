import { z } from "zod";
import { PageQuery } from "@/lib/kernel/page";
import { Column, Value } from "@/lib/kernel/values";

/** Rows that the workbench shows at most, and that a download holds at most. */
export const MAX_SHOWN_ROWS = 10_000;
export const MAX_DOWNLOADED_ROWS = 1_000_000;

// Its length is checked where it is read, so that too long a text has a code of its own.
const Sql = z.string().describe("One SELECT over sources and feature groups, at most 100,000 characters");

export const RunSql = z.strictObject({
  sql: Sql,
  limit: z.number().int().min(1).max(MAX_SHOWN_ROWS).default(1000).describe("Rows in the answer at most"),
});
export type RunSql = z.infer<typeof RunSql>;

/** Something about the SQL that does not stop it. */
export const SqlWarning = z.object({ code: z.enum(["non_deterministic"]), detail: z.string() });
export type SqlWarning = z.infer<typeof SqlWarning>;

export const SqlResult = z.object({
  columns: z.array(Column),
  rows: z.array(z.array(Value)),
  rowCount: z.number().int().describe("Rows in this answer"),
  truncated: z.boolean().describe("There are more rows"),
  seconds: z.number().describe("From the request to the last row"),
  inputs: z.array(z.string()).describe("Sources and feature groups that the SQL reads"),
  warnings: z.array(SqlWarning),
  queryId: z.string().describe("In the history of the person who asked"),
});
export type SqlResult = z.infer<typeof SqlResult>;

export const DownloadSql = z.strictObject({ sql: Sql, format: z.enum(["parquet", "csv"]).default("parquet") });
export type DownloadSql = z.infer<typeof DownloadSql>;

/** One query that somebody ran, as only they see it. */
export const SqlQuery = z.object({
  id: z.string(),
  sql: z.string(),
  state: z.enum(["SUCCEEDED", "FAILED", "CANCELLED"]),
  rowCount: z.number().nullable(),
  seconds: z.number(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  startedAt: z.string(),
});
export type SqlQuery = z.infer<typeof SqlQuery>;

export const ListSqlQueries = PageQuery;
export type ListSqlQueries = z.infer<typeof ListSqlQueries>;

export const DeleteSqlQueries = z.object({});
export type DeleteSqlQueries = z.infer<typeof DeleteSqlQueries>;

export const DeletedSqlQueries = z.object({ deleted: z.number().int() });
export type DeletedSqlQueries = z.infer<typeof DeletedSqlQueries>;

/** What SQL may name, with its columns. */
export const SqlRelation = z.object({
  name: z.string(),
  kind: z.enum(["source", "feature_group"]),
  description: z.string(),
  columns: z.array(Column),
  refused: z.string().nullable().describe("Why the person who asks may not read it; null: they may"),
});
export type SqlRelation = z.infer<typeof SqlRelation>;

export const ListSqlRelations = z.object({});
export type ListSqlRelations = z.infer<typeof ListSqlRelations>;

export const SqlCatalog = z.object({ relations: z.array(SqlRelation) });
export type SqlCatalog = z.infer<typeof SqlCatalog>;
