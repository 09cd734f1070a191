import { type Aggregator, collectDefaultMetrics, type Metric, Registry } from "prom-client";
import { epochMs } from "@/lib/kernel/time";
import type { StatusCounts } from "./served-tally";
import type { Watermark } from "./watermarks";

/** Upper bounds of the histogram of durations, in seconds. */
export const SECONDS_BOUNDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
] as const;

/** Requests of one route: by status, and how long they took; `buckets` has one more than there are bounds. */
export type RouteCounts = { statuses: Map<number, number>; buckets: Float64Array; seconds: number };

/** What a scrape tells. */
export type Measured = {
  routes: ReadonlyMap<string, RouteCounts>;
  inFlight: number;
  refused: number;
  statuses: Readonly<StatusCounts>;
  storeUp: boolean;
  plans: number;
  watermarks: readonly Watermark[];
  now: Date;
};

/** Counts of a route nobody asked yet. */
export function noRequests(): RouteCounts {
  return { statuses: new Map(), buckets: new Float64Array(SECONDS_BOUNDS.length + 1), seconds: 0 };
}

/** Counts one request: a few additions, where a metric object would look up its labels. */
export function countRequest(counts: RouteCounts, status: number, seconds: number): void {
  let at = 0;
  while (at < SECONDS_BOUNDS.length && seconds > (SECONDS_BOUNDS[at] ?? 0)) at++;
  counts.buckets[at] = (counts.buckets[at] ?? 0) + 1;
  counts.seconds += seconds;
  counts.statuses.set(status, (counts.statuses.get(status) ?? 0) + 1);
}

type Sample = { labels: Record<string, string | number>; value: number; metricName?: string };

/** The registry of one process: what it measured, read when it is asked, and what Node says of the process. */
export function openRegistry(measure: () => Promise<Measured>): Registry {
  const registry = new Registry();
  // One look at the database for all metrics of a scrape, which are asked for in one turn.
  let scrape: Promise<Measured> | null = null;
  const measured = (): Promise<Measured> => {
    scrape ??= measure().finally(() => {
      scrape = null;
    });
    return scrape;
  };
  const add = (
    type: "counter" | "gauge" | "histogram",
    name: string,
    help: string,
    aggregator: Aggregator,
    samples: (now: Measured) => Sample[],
  ): void => {
    const get = async (): Promise<unknown> => ({ name, help, type, aggregator, values: samples(await measured()) });
    // The library reads nothing but these of a metric; its own objects cost more than the request they would count.
    registry.registerMetric({ name, help, type, aggregator, get } as unknown as Metric);
  };
  add("counter", "larder_requests_total", "Requests answered by the data plane", "sum", ({ routes }) =>
    [...routes].flatMap(([route, { statuses }]) =>
      [...statuses].map(([status, value]) => ({ labels: { route, status }, value })),
    ),
  );
  add("histogram", "larder_request_seconds", "How long an answer took", "sum", ({ routes }) =>
    [...routes].flatMap(([route, counts]) => histogramOf("larder_request_seconds", { route }, counts)),
  );
  add("gauge", "larder_in_flight", "Requests being answered now", "sum", ({ inFlight }) => [single(inFlight)]);
  add("counter", "larder_refused_total", "Requests turned away because too many were waiting", "sum", ({ refused }) => [
    single(refused),
  ]);
  add("counter", "larder_served_values_total", "Values of answers, by their status", "sum", ({ statuses }) =>
    Object.entries(statuses).map(([status, value]) => ({ labels: { status }, value })),
  );
  add("gauge", "larder_store_up", "1: answers of the online store can be relied on", "min", ({ storeUp }) => [
    single(storeUp ? 1 : 0),
  ]);
  add("gauge", "larder_plan_cache_entries", "Reads that are kept resolved", "sum", ({ plans }) => [single(plans)]);
  add("gauge", "larder_freshness_seconds", "Since the newest event that is online", "max", ({ watermarks, now }) =>
    watermarks.flatMap(({ project, group, eventTime }) =>
      eventTime === null
        ? []
        : [{ labels: { project, group }, value: Math.max(0, (now.getTime() - epochMs(eventTime)) / 1000) }],
    ),
  );
  add("gauge", "larder_watermark_lag_commits", "Commits that are not online yet", "max", ({ watermarks }) =>
    watermarks.map(({ project, group, lagCommits }) => ({ labels: { project, group }, value: lagCommits })),
  );
  collectDefaultMetrics({ register: registry });
  return registry;
}

function single(value: number): Sample {
  return { labels: {}, value };
}

function histogramOf(name: string, labels: Sample["labels"], { buckets, seconds }: RouteCounts): Sample[] {
  let count = 0;
  const samples = Array.from(buckets, (inBucket, at): Sample => {
    count += inBucket;
    return { labels: { le: SECONDS_BOUNDS[at] ?? "+Inf", ...labels }, value: count, metricName: `${name}_bucket` };
  });
  return [
    ...samples,
    { labels, value: seconds, metricName: `${name}_sum` },
    { labels, value: count, metricName: `${name}_count` },
  ];
}

/** A scrape as somebody of one project may see it: what is said of other projects is left out. */
export function metricsOfProject(text: string, project: string): string {
  return text
    .split("\n")
    .filter((line) => {
      const named = /[{,]project="([^"]*)"/.exec(line);
      return line.startsWith("#") || named === null || named[1] === project;
    })
    .join("\n");
}
