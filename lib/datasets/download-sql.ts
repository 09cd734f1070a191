import { auditAlone } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { WorkOptions } from "@/lib/engines/offline/port";
import { type Context, currentEnv } from "@/lib/platform/context";
import { noted } from "./sql-history";
import { sqlInputs } from "./sql-inputs";
import { type DownloadSql, MAX_DOWNLOADED_ROWS } from "./sql-schema";

const TYPES = { parquet: "application/vnd.apache.parquet", csv: "text/csv; charset=utf-8; header=present" };

/** A file on its way to somebody. */
export type SqlFile = {
  fileName: string;
  byteCount: number;
  contentType: string;
  stream: ReadableStream<Uint8Array>;
};

/**
 * All rows of a SELECT as a file, of which nothing stays on the server; audited. Throws what `runSql` does, and
 * `row_limit_exceeded` for more than a million rows.
 */
export async function downloadSql(
  ctx: Context,
  { sql, format }: DownloadSql,
  options: WorkOptions = {},
): Promise<SqlFile> {
  const resource = `project:${ctx.project.name}`;
  authorize(ctx, "sql.run", resource);
  authorize(ctx, "data.read", resource);
  const apart = { ...options, apart: ctx.project.id };
  const limitMs = currentEnv().sqlSeconds * 1000;
  const { answer, queryId } = await noted(
    ctx,
    sql,
    async () => {
      const { names, inputs } = await sqlInputs(ctx, sql, apart);
      const request = { query: { sql, inputs }, limit: MAX_DOWNLOADED_ROWS, format, limitMs };
      return { names, file: await ctx.offline.exportRows(request, apart) };
    },
    ({ file }) => file.rowCount,
  );
  const { stream, byteCount, rowCount } = answer.file;
  try {
    const after = { sql: sql.slice(0, 2000), format, rowCount, inputs: answer.names };
    await auditAlone(ctx, { action: "sql.download", resource: `sql_query:${queryId}`, after });
  } catch (error) {
    await stream.cancel();
    throw error;
  }
  return { fileName: `${ctx.project.name}-query.${format}`, byteCount, contentType: TYPES[format], stream };
}
