import { z } from "zod";
import { LarderError } from "./errors";

/** What every list takes. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("Rows in the answer, at most 200"),
  cursor: z.string().max(200).optional().describe("nextCursor of the page before"),
});

export type PageQuery = z.infer<typeof PageQuery>;

/** What every list answers. */
export type Page<T> = { items: T[]; nextCursor: string | null; total: number };

/** The schema of a page of `item`. */
export function pageOf<T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; nextCursor: z.ZodNullable<z.ZodString>; total: z.ZodNumber }> {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.number().int() });
}

/** The offset a cursor stands for. Throws `invalid_parameter` for anything this API did not hand out. */
export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const text = Buffer.from(cursor, "base64url").toString();
  // Decoding skips what is not base64url, so only encoding again shows whether this is what was handed out.
  const handedOut = /^o:[1-9]\d{0,8}$/.test(text) && Buffer.from(text).toString("base64url") === cursor;
  if (!handedOut) throw new LarderError("invalid_parameter", "cursor is not one that this API handed out");
  return Number(text.slice(2));
}

/** The cursor of the page that follows, or null at the end. */
export function nextCursor(offset: number, count: number, total: number): string | null {
  return count > 0 && offset + count < total ? Buffer.from(`o:${offset + count}`).toString("base64url") : null;
}
