import { previewSql } from "@/lib/datasets/preview-sql";
import { PreviewSql, SqlPreview } from "@/lib/datasets/schema";
import { route } from "../route";

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
    problems: ["sql_invalid", "sql_not_allowed", "unreadable_file", "timeout", "resource_exhausted", "data_corrupt"],
    table: ({ columns, rows }) => ({ columns, rows }),
  }),
];
