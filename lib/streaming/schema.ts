import { z } from "zod";
import { WrittenRows } from "@/lib/datasets/ingest-schema";
import { LarderError } from "@/lib/kernel/errors";
import { Name } from "@/lib/kernel/names";
import { Value } from "@/lib/kernel/values";

/** Rows of one push. */
export const MAX_PUSHED_ROWS = 10_000;

/** Where pushed rows go. */
export const PushTo = z.enum(["online", "offline", "online_and_offline"]);
export type PushTo = z.infer<typeof PushTo>;

/** Rows for the newest version of a group. */
export const PushRows = z.strictObject({
  featureGroup: Name,
  rows: z
    .array(z.record(z.string(), Value))
    .describe(
      "At most 10,000. Keys, event time, created time where the group has one, and features, by column name; what is missing is null, and integers beyond 2^53 - 1 are strings",
    ),
  to: PushTo.default("online").describe(
    "online: readable at once, and in no history; offline: a commit; online_and_offline: a commit whose rows are readable at once",
  ),
});
export type PushRows = z.infer<typeof PushRows>;

export const PushedRows = z.object({
  accepted: z.number().int().describe("Rows that were sent; all of them are good"),
  written: z.number().int().describe("Keys whose online row changed; an older row changes none"),
  warnings: z.array(z.string()),
  commit: WrittenRows.shape.commit.optional().describe("Unless they went online only"),
});
export type PushedRows = z.infer<typeof PushedRows>;

/** Throws `row_limit_exceeded` for more rows than a push may have, `validation_failed` for none. */
export function requireRowCount(rows: readonly unknown[]): void {
  if (rows.length === 0) throw new LarderError("validation_failed", "There are no rows to push");
  if (rows.length > MAX_PUSHED_ROWS)
    throw new LarderError(
      "row_limit_exceeded",
      `${rows.length} rows pushed; at most ${MAX_PUSHED_ROWS} go into one request`,
    );
}
