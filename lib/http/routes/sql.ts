import { downloadSql } from "@/lib/datasets/download-sql";
import { previewSql } from "@/lib/datasets/preview-sql";
import { runSql } from "@/lib/datasets/run-sql";
import { PreviewSql, SqlPreview } from "@/lib/datasets/schema";
import * as sql from "@/lib/datasets/sql-schema";
import { DataFile, type Route, route } from "../route";

const problems: Route["problems"] = [
  "sql_invalid",
  "sql_empty",
  "sql_too_long",
  "sql_not_allowed",
  "sandbox_violation",
  "unreadable_file",
  "rate_limited",
  "timeout",
  "resource_exhausted",
  "temp_space_exhausted",
  "data_corrupt",
];
const warnings = (answer: { warnings: sql.SqlWarning[] }): string[] => answer.warnings.map(({ detail }) => detail);

export const sqlRoutes = [
  route({
    method: "post",
    path: "/sql/preview",
    input: PreviewSql,
    output: SqlPreview,
    run: previewSql,
    readOnly: true,
    summary: "First rows of a SELECT, and what its columns most likely are",
    description:
      "What the guided registration shows while SQL is written. Reads sources and feature groups; nothing is kept.",
    tags: ["Definitions"],
    problems,
    warnings,
    table: ({ columns, rows }) => ({ columns, rows }),
  }),
  route({
    method: "post",
    path: "/sql/query",
    input: sql.RunSql,
    output: sql.SqlResult,
    run: runSql,
    readOnly: true,
    summary: "Rows of a SELECT over sources and feature groups",
    description: "It ends when the caller leaves. Changes no data; it is noted in the history of whoever asks.",
    tags: ["SQL"],
    problems,
    warnings,
    table: ({ columns, rows }) => ({ columns, rows }),
  }),
  route({
    method: "post",
    path: "/sql/download",
    input: sql.DownloadSql,
    output: DataFile,
    run: downloadSql,
    readOnly: true,
    summary: "All rows of a SELECT as Parquet or CSV, at most a million",
    tags: ["SQL"],
    problems: [...problems, "row_limit_exceeded"],
  }),
];
