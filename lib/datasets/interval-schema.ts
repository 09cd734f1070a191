import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { PageQuery, pageOf } from "@/lib/kernel/page";

const Instant = z.string().max(40);

export const RequestBackfill = z.strictObject({
  name: Name,
  start: Instant.describe("Where the first interval begins"),
  end: Instant.describe("Where the last interval ends; not after the last one that is over"),
  restate: z
    .boolean()
    .default(false)
    .describe("Intervals that were computed before are computed again; else they are left alone"),
});
export type RequestBackfill = z.infer<typeof RequestBackfill>;

export const INTERVAL_STATES = ["computed", "missing", "stale"] as const;

export const ListIntervals = PageQuery.extend({ name: Name });
export type ListIntervals = z.infer<typeof ListIntervals>;

/** One range of event time, start <= event time < end, and how it stands. */
export const IntervalSummary = z.object({
  start: z.string(),
  end: z.string(),
  state: z.enum(INTERVAL_STATES),
  reason: z
    .enum(["definition", "inputs"])
    .nullable()
    .describe("What has changed since a stale interval was computed: the SQL or columns, or what the SQL reads"),
  rowCount: z.number().nullable(),
  runId: z.string().nullable(),
  computedAt: z.string().nullable(),
});
export type IntervalSummary = z.infer<typeof IntervalSummary>;

/** Intervals that are over, newest first. */
export const IntervalList = pageOf(IntervalSummary).extend({
  interval: z.string().describe("Length of each, such as 1d; counted from the epoch in UTC"),
  lookback: z.string().nullable(),
  first: z.string().describe("Where the first interval begins"),
  until: z.string().describe("Where the last interval that is over ends"),
  counts: z.object({ computed: z.number().int(), missing: z.number().int(), stale: z.number().int() }),
});
export type IntervalList = z.infer<typeof IntervalList>;
