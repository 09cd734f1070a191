import { LarderError } from "@/lib/kernel/errors";

/** ENOSPC, EFBIG, EDQUOT, MDB_MAP_FULL. */
const FULL = new Set<unknown>([28, 27, 122, -30792, "ENOSPC", "EFBIG", "EDQUOT"]);
/** MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_PANIC, MDB_VERSION_MISMATCH, MDB_INVALID. */
const DAMAGED = new Set<unknown>([-30797, -30796, -30795, -30794, -30793]);
const EIO = 5;
/** LMDB writes pages in runs of up to megabytes; a short one means that about this much was not left. */
const NEARLY_FULL_BYTES = 16 * 1024 * 1024;

/** What an error of the storage layer means to a caller; anything without a clear meaning stays what it was. */
export function storageError(cause: unknown, freeBytes: number): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  // A short write to a full disk reaches us as EIO (mdb.c, "short write, filesystem full?").
  if (FULL.has(code) || (code === EIO && freeBytes < NEARLY_FULL_BYTES)) {
    return new LarderError(
      "insufficient_storage",
      "the disk of the online store is full; nothing of this call was written",
      [],
      { cause },
    );
  }
  if (DAMAGED.has(code)) {
    return new LarderError("data_corrupt", "the online store's file is damaged; drop it and materialize again", [], {
      cause,
    });
  }
  return cause;
}
