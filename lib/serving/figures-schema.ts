import { z } from "zod";

const Count = z.number().int().nonnegative();
/** Durations by bucket, as `latency-buckets` packs them. */
const Latency = z.array(Count);

const Slot = z.object({
  at: Count,
  requests: Count,
  errors: Count,
  clientErrors: Count,
  refused: Count,
  cells: Count,
  missing: Count,
  latency: Latency,
});

export const StoreState = z.enum(["up", "down", "incomplete"]);
const StoreHealth = z.object({ state: StoreState, detail: z.string().nullable() });

/** What one process says of itself: its last five minutes in slots of five seconds, and counts since it started. */
export const ServingFigures = z.object({
  pid: Count,
  at: z.string(),
  inFlight: Count,
  totals: z.object({
    requests: Count,
    errors: Count,
    clientErrors: Count,
    refused: Count,
    cells: Count,
    missing: Count,
  }),
  slots: z.array(Slot),
  /** By route and view; those asked for most. `projectId`: whose view it is. */
  reads: z.array(
    z.object({
      route: z.string(),
      view: z.string().nullable(),
      projectId: z.string().nullable(),
      requests: Count,
      errors: Count,
      latency: Latency,
    }),
  ),
  plans: Count,
  catalogs: Count,
  store: StoreHealth,
});
export type ServingFigures = z.infer<typeof ServingFigures>;

const LatencyMs = z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable();
export type LatencyMs = z.infer<typeof LatencyMs>;

const SeriesPoint = z.object({
  at: z.string(),
  rate: z.number().describe("Requests a second"),
  errors: Count.describe("Answered with 500 or more"),
  clientErrors: Count.describe("Answered with 400 to 499"),
  refused: Count.describe("Turned away because too many were waiting"),
  latencyMs: LatencyMs,
});
export type SeriesPoint = z.infer<typeof SeriesPoint>;

const SlowRead = z.object({
  route: z.string(),
  view: z.string().nullable(),
  requests: Count,
  errors: Count,
  latencyMs: LatencyMs,
});
export type SlowRead = z.infer<typeof SlowRead>;

/** All processes together. */
export const ServingTotals = z.object({
  rate: z.number().describe("Requests a second, over the last ten seconds"),
  requests: Count.describe("Of the last five minutes, as everything that follows"),
  errors: Count,
  clientErrors: Count,
  refused: Count,
  cells: Count.describe("Values asked for"),
  missing: Count.describe("Values asked for that were not there, or were withheld"),
  latencyMs: LatencyMs.describe("To 5 %; null when nothing was asked"),
  inFlight: Count.describe("Being answered now"),
  plans: Count.describe("Reads that are kept resolved, in all processes"),
  catalogs: Count.describe("Projects whose definitions are kept, in all processes"),
});
export type ServingTotals = z.infer<typeof ServingTotals>;

const ServingProcess = z.object({
  id: z.string(),
  name: z.enum(["serving", "web"]),
  address: z.string().nullable(),
  pid: Count,
  startedAt: z.string(),
  seenAt: z.string(),
  inFlight: Count,
  rate: z.number(),
  refused: Count,
  latencyMs: LatencyMs,
  store: StoreHealth,
});
export type ServingProcess = z.infer<typeof ServingProcess>;

const ServedGroupState = z.object({
  name: z.string(),
  version: Count,
  entity: z.string(),
  rows: Count.nullable().describe("Keys online as of the watermark; null when it was never materialized"),
  bytes: Count.nullable(),
  watermarkSequence: Count.nullable(),
  headSequence: Count.describe("The newest commit"),
  lagCommits: Count.describe("Commits that are not online yet"),
  watermarkEventTime: z.string().nullable(),
  freshnessSeconds: z.number().nullable().describe("Since the newest event that is online"),
  ttlSeconds: z.number().nullable(),
  materializedAt: z.string().nullable(),
});
export type ServedGroupState = z.infer<typeof ServedGroupState>;

/** What the data plane does now. */
export const ServingOverview = z.object({
  at: z.string(),
  processes: z.array(ServingProcess).describe("Those heard of within ten seconds"),
  totals: ServingTotals,
  series: z.array(SeriesPoint).describe("Five minutes in steps of five seconds, oldest first"),
  slowest: z.array(SlowRead).describe("Ten at most, by p95 of the last five minutes; views of this project only"),
  groups: z.array(ServedGroupState),
  store: StoreHealth.describe("As the process sees it that is off worst"),
});
export type ServingOverview = z.infer<typeof ServingOverview>;
