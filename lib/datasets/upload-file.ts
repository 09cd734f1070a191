import { auditAlone } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { UploadedFile, UploadFile } from "./schema";

const MAX_BYTES = 1024 * 1024 * 1024;
const READ_MS = 180_000;

/** A file on its way in. `maxBytes` is for tests; nobody may send more than 1 GB. */
export type Upload = Omit<UploadFile, "purpose"> & {
  purpose?: UploadFile["purpose"];
  format: UploadedFile["format"];
  body: AsyncIterable<Uint8Array>;
  maxBytes?: number;
};

/** What a sender must be allowed: a file for the rows of a training set is nothing that others read. */
export const UPLOAD_PERMISSION = { source: "definition.write", spine: "training_set.create" } as const;

/**
 * Keeps a file that sources of this project, or a training set, may name by the path that is answered, after it was read
 * once through. Throws `payload_too_large`, and `unreadable_file` with the reason; then nothing of it is left.
 */
export async function uploadFile(ctx: Context, input: Upload): Promise<UploadedFile> {
  authorize(ctx, UPLOAD_PERMISSION[input.purpose ?? "source"], `upload:${input.name}`);
  const { name, format, body } = input;
  const maxBytes = Math.min(input.maxBytes ?? MAX_BYTES, MAX_BYTES);
  const saved = await ctx.offline.saveUpload({ folder: ctx.project.id, format, body, maxBytes });
  try {
    const read = await readThrough(ctx, saved.path, format);
    const { byteCount } = saved;
    const file: UploadedFile = { path: `upload:${saved.path.split("/").at(-1)}`, format, ...read, byteCount };
    const { path, rowCount } = file;
    await auditAlone(ctx, { action: "file.upload", resource: path, after: { name, format, rowCount, byteCount } });
    return file;
  } catch (error) {
    await ctx.offline.removeUpload(saved.path);
    throw error;
  }
}

/** What sniffing a few rows would miss shows when every value of every column is read. */
async function readThrough(
  ctx: Context,
  path: string,
  format: UploadedFile["format"],
): Promise<Pick<UploadedFile, "columns" | "rowCount">> {
  const inputs = [{ name: "upload", kind: "files" as const, format, paths: [path] }];
  try {
    const { columns } = await ctx.offline.describe({ sql: "SELECT * FROM upload", inputs });
    const { rows } = await ctx.offline.query(
      { query: { sql: "SELECT count(*) AS n, count(COLUMNS(*)) FROM upload", inputs }, limit: 1 },
      { signal: AbortSignal.timeout(READ_MS) },
    );
    const rowCount = Number(rows[0]?.[0] ?? 0);
    if (rowCount === 0) throw new LarderError("unreadable_file", "The file has a header but no rows");
    return { columns, rowCount };
  } catch (error) {
    if (!isLarderError(error) || !["sql_invalid", "unreadable_file", "cancelled"].includes(error.code)) throw error;
    const reason = error.code === "cancelled" ? `reading it took longer than ${READ_MS / 1000} s` : shortReason(error);
    throw new LarderError("unreadable_file", `This is no ${KINDS[format]} that can be read: ${reason}`);
  }
}

const KINDS = {
  csv: "CSV (comma-separated, with a header line, UTF-8)",
  parquet: "Parquet",
  json: "JSON (one object a line, or an array of them)",
} as const;

/** What the reader says, without its settings that nobody can make here. */
function shortReason({ detail }: LarderError): string {
  if (/not possible to automatically detect/.test(detail))
    return "its lines do not all have the same number of columns as the header, or a quote is never closed";
  const first = detail.split(/\n\s*\n|\nPossible |\n\s*file = /)[0] ?? detail;
  return first
    .replace(/^Invalid Input Error: /, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
