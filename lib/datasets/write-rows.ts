import { authorize } from "@/lib/access/authorize";
import type { IngestResult, TimeRange, WorkOptions } from "@/lib/engines/offline/port";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import { requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import { isUniqueViolation } from "@/lib/platform/db";
import { MAX_FILE_BYTES, type WriteRows, WrittenRows } from "./ingest-schema";
import { type GroupWithColumns, requireGroup } from "./load-table";
import { evenLines, hashing, payloadHash } from "./row-bodies";
import { checkSent } from "./row-check";
import { commitRows, HeadMoved } from "./row-commit";

/** Rows on their way in; `json` is one object a line. `maxBytes` is for tests; nobody may send more than 1 GB. */
export type RowsIn = WriteRows & {
  format: "json" | "csv" | "parquet";
  body: AsyncIterable<Uint8Array>;
  key?: string | null;
  maxBytes?: number;
};

const ATTEMPTS = 5;

/**
 * Writes rows into a group without SQL, as one commit: every row is checked, and either all are written, or none and each
 * problem is named with its row; with mode `quarantine` the bad ones are put aside. The same `key` with the same payload
 * gets the first answer again, for ever. Throws `state_conflict` for a computed group, `unreadable_file`,
 * `schema_mismatch`, the code of the first bad row, `idempotency_key_reused`, `commit_conflict`.
 */
export async function writeRows(
  ctx: Context,
  input: RowsIn,
  options: WorkOptions = {},
): Promise<{ answer: WrittenRows; replayed: boolean }> {
  authorize(ctx, "rows.write", `feature_group:${input.name}`);
  requireKey(input.key);
  const range = rangeOf(input);
  requireWritten(await requireGroup(ctx, { name: input.name }));
  const { name, mode, format } = input;
  const hash = payloadHash({ name, mode, format, range });
  const body = hashing(input.body, hash);
  const { path } = await ctx.offline.saveUpload({
    folder: ctx.project.id,
    format,
    body: format === "json" ? evenLines(body) : body,
    maxBytes: Math.min(input.maxBytes ?? MAX_FILE_BYTES, MAX_FILE_BYTES),
  });
  crashPoint("ingest:received");
  const write = input.key ? { key: input.key, payloadHash: hash.digest("hex") } : null;
  try {
    for (let attempt = 1; ; attempt++) {
      const group = requireWritten(await requireGroup(ctx, { name }));
      const first = write && (await findAnswer(ctx, group, write));
      if (first) return { answer: first, replayed: true };
      try {
        const result = await checkSent(ctx, group, { path, range, ...input }, options);
        requireRows(result, range);
        const answer = await commitRows(ctx, group, { result, mode, range, write });
        return { answer, replayed: false };
      } catch (error) {
        const overtaken = error instanceof HeadMoved || (write !== null && isOvertaken(error));
        if (!overtaken || attempt === ATTEMPTS) throw error instanceof HeadMoved ? error.conflict : error;
        // Whoever came first may have written just this.
        const answer = write && (await findAnswer(ctx, group, write));
        if (answer) return { answer, replayed: true };
        if (!(error instanceof HeadMoved)) throw error;
      }
    }
  } finally {
    await ctx.offline.removeUpload(path);
  }
}

const isOvertaken = (error: unknown): boolean =>
  isUniqueViolation(error) || (isLarderError(error) && error.code === "commit_conflict");

function requireKey(key: string | null | undefined): void {
  if (key && !/^[\x20-\x7e]{1,255}$/.test(key))
    throw new LarderError("invalid_parameter", "Idempotency-Key must have 1 to 255 printable ASCII characters");
}

function requireWritten(group: GroupWithColumns): GroupWithColumns {
  if (group.sql === null) return group;
  throw new LarderError("state_conflict", `The rows of ${group.name} are computed by its SQL, so none can be written`);
}

function rangeOf({ mode, start, end }: WriteRows): TimeRange | null {
  if (start === undefined && end === undefined) return null;
  if (mode !== "overwrite")
    throw new LarderError("invalid_parameter", "start and end go with mode=overwrite: they say what is replaced");
  const range = {
    start: start === undefined ? null : requireInstant(start, "start"),
    end: end === undefined ? null : requireInstant(end, "end"),
  };
  if (range.start !== null && range.end !== null && range.start >= range.end)
    throw new LarderError("invalid_parameter", "start must lie before end");
  return range;
}

async function findAnswer(
  ctx: Context,
  group: GroupWithColumns,
  write: { key: string; payloadHash: string },
): Promise<WrittenRows | null> {
  const where = { groupId_writeKey: { groupId: group.id, writeKey: write.key } };
  const commit = await ctx.db.commit.findUnique({ where, select: { payloadHash: true, answer: true } });
  if (!commit) return null;
  // The database keeps no order of fields; an answer is repeated to the byte.
  if (commit.payloadHash === write.payloadHash) return WrittenRows.parse(commit.answer);
  throw new LarderError(
    "idempotency_key_reused",
    "This Idempotency-Key wrote other rows before, or in another mode; use a new key",
  );
}

function requireRows({ accepted, rejected }: IngestResult, range: TimeRange | null): void {
  if (accepted + rejected > 0 || range) return;
  throw new LarderError("unreadable_file", "There are no rows in it; nothing was written");
}
