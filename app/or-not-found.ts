import { notFound } from "next/navigation";
import { isLarderError } from "@/lib/kernel/errors";

/** What a verb answers, or the page for addresses without a thing behind them when it says so. */
export async function orNotFound<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isLarderError(error) && (/(^|_)not_found$/.test(error.code) || error.code === "invalid_name")) notFound();
    throw error;
  }
}

/** A dynamic segment as it was before it was put into the URL; not found when it is no valid encoding. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return notFound();
  }
}
