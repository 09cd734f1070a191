import { createHash } from "node:crypto";
import { copyTable } from "@/lib/engines/sources/postgres";
import type { Connection } from "@/lib/engines/sources/postgres-failure";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";

/** As much as fits on the disk: the operator chose the connection. */
const MAX_BYTES = Number.MAX_SAFE_INTEGER;

export type Copied = { path: string; fingerprint: string; rowCount: number };

/**
 * Copies a foreign table into a new file and reads every value of it once. When it throws, nothing of the file is left;
 * who keeps the file says so in the database.
 */
export async function copySource(
  ctx: Context,
  source: { name: string; connection: Connection; table: string; columns: Column[] },
  options: { signal?: AbortSignal; onRows?: (rows: number) => void } = {},
): Promise<Copied> {
  const { name, connection, table, columns } = source;
  const hash = createHash("sha256").update(JSON.stringify(columns));
  let rowCount = 0;
  const rows = copyTable(
    connection,
    { table, columns },
    {
      ...options,
      onRows: (count) => {
        rowCount = count;
        options.onRows?.(count);
      },
    },
  );
  const { path } = await ctx.offline.saveUpload({
    folder: ctx.project.id,
    format: "json",
    body: hashed(rows, (chunk) => hash.update(chunk)),
    maxBytes: MAX_BYTES,
  });
  try {
    const input = { name, kind: "files" as const, format: "json" as const, paths: [path], columns };
    const query = { sql: `SELECT count(*) AS n, count(COLUMNS(*)) FROM "${name}"`, inputs: [input] };
    const read = await ctx.offline.query({ query, limit: 1 }, options.signal ? { signal: options.signal } : {});
    if (Number(read.rows[0]?.[0]) !== rowCount) throw new Error(`A copy of ${rowCount} rows has ${read.rows[0]?.[0]}`);
    return { path, fingerprint: hash.digest("hex"), rowCount };
  } catch (error) {
    await ctx.offline.removeUpload(path);
    if (!isLarderError(error) || error.code !== "sql_invalid") throw error;
    throw new LarderError("invalid_type", `A value of table ${table} does not fit its type: ${error.detail}`);
  }
}

async function* hashed(body: AsyncIterable<Uint8Array>, see: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    see(chunk);
    yield chunk;
  }
}
