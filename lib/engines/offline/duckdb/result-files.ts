import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { larderType, normalised } from "./column-types";
import { type Operation, PREVIEW_MAX_BYTES } from "./protocol";
import type { DuckColumn, Session } from "./session";
import { literal, quote } from "./sql";
import type { RowSink } from "./stream";
import { damaged, fileHash } from "./table-files";
import { wireSql } from "./values";

type Result = { from: string; found: DuckColumn[]; columns: Column[] };

async function resultAt(session: Session, path: string): Promise<Result> {
  const absolute = join(session.settings.root, path);
  if (!(await stat(absolute).catch(() => null))) throw damaged(path, "is missing");
  const from = `read_parquet(${literal(absolute)})`;
  const found = await session.columns(`SELECT * FROM ${from}`).catch(() => {
    throw damaged(path, "is not a readable Parquet file");
  });
  return { from, found, columns: found.map(({ name, duck }) => ({ name, type: larderType(duck) })) };
}

// A result file has no recorded bytes here to compare with, so what cannot be decoded is damage.
async function decoded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isLarderError(error)) throw error;
    if (/memory|space left/i.test(String(error))) throw error;
    throw damaged(path, "cannot be decoded");
  }
}

function wireList({ found, columns }: Result): string[] {
  return found.map(({ name, duck }, i) => wireSql(normalised(quote(name), duck), columns[i]?.type ?? "STRING"));
}

/** SHA-256 over names, types and rows in file order. Values carry their length, so no two rows can read the same. */
export async function contentHash(
  session: Session,
  { path }: Extract<Operation, { kind: "contentHash" }>,
): Promise<string> {
  const result = await resultAt(session, path);
  const hash = createHash("sha256").update(JSON.stringify(result.columns));
  const texts = wireList(result).map((wire) => `CAST(${wire} AS VARCHAR)`);
  const cells = texts.map((text) => `coalesce(strlen(${text}) || ':' || ${text}, 'n')`);
  await decoded(path, async () => {
    const rows = await session.connection.stream(`SELECT sha256(concat(${cells.join(", ")})) FROM ${result.from}`);
    for (let chunk = await rows.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await rows.fetchChunk()) {
      hash.update(chunk.getColumnValues(0).join(""));
    }
  });
  return hash.digest("hex");
}

/** The first rows of a result file, in file order, and no more than a preview may hold. */
export async function preview(
  session: Session,
  { path, limit }: Extract<Operation, { kind: "preview" }>,
): Promise<{ columns: Column[]; rows: Value[][]; truncated: boolean }> {
  const result = await resultAt(session, path);
  const list = wireList(result).map((wire, i) => `${wire} AS ${quote(result.columns[i]?.name ?? "")}`);
  const sql = `SELECT ${list.join(", ")} FROM ${result.from} LIMIT ${Math.max(0, Math.trunc(limit))}`;
  const found = await decoded(path, () => session.firstRows(sql, result.columns, PREVIEW_MAX_BYTES));
  return { columns: result.columns, ...found };
}

/** SHA-256 over the bytes of the files that the operation names, in the order of their paths. */
export async function fingerprint(session: Session): Promise<string> {
  const hash = createHash("sha256");
  for (const path of session.inputPaths()) {
    const bytes = await fileHash(path).catch((cause: unknown) => {
      throw new LarderError("unreadable_file", `${session.redact(path)} cannot be read`, [], { cause });
    });
    hash.update(bytes);
  }
  return hash.digest("hex");
}

/** Streams all rows of a result file, in file order. */
export async function resultRows(
  session: Session,
  { path }: Extract<Operation, { kind: "resultRows" }>,
  sink: RowSink,
): Promise<void> {
  const { from, columns } = await resultAt(session, path);
  await decoded(path, () => sink.send(session, `SELECT * FROM ${from}`, columns));
}
