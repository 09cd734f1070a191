import { isLarderError, LarderError } from "@/lib/kernel/errors";

/** Runs work that somebody waits for: cancelled when `signal` is, and `timeout` after `limitMs`. */
export async function withinPreview<T>(
  limitMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(limitMs);
  try {
    return await work(signal ? AbortSignal.any([late, signal]) : late);
  } catch (error) {
    if (!isLarderError(error) || error.code !== "cancelled" || !late.aborted) throw error;
    throw new LarderError("timeout", `No rows after ${limitMs / 1000} s; look at less`);
  }
}
