import type { LatencyMs, SeriesPoint, ServingFigures, ServingTotals, SlowRead } from "./figures-schema";
import { addLatencies, type LatencyCounts, latencyPercentile, noLatencies } from "./latency-buckets";

/** Slots of a process: five minutes of whole ones, and the present one. */
export const SLOT_SECONDS = 5;
export const WHOLE_SLOTS = 60;
const SLOWEST = 10;
const WORST_FIRST = ["down", "incomplete", "up"] as const;

/** What the figures of several processes say together of the last five minutes. */
export function mergeTotals(figures: readonly ServingFigures[]): ServingTotals {
  const latency = noLatencies();
  const totals = { requests: 0, errors: 0, clientErrors: 0, refused: 0, cells: 0, missing: 0 };
  for (const slot of figures.flatMap(({ slots }) => slots)) {
    totals.requests += slot.requests;
    totals.errors += slot.errors;
    totals.clientErrors += slot.clientErrors;
    totals.refused += slot.refused;
    totals.cells += slot.cells;
    totals.missing += slot.missing;
    addLatencies(latency, slot.latency);
  }
  return {
    ...totals,
    rate: sum(figures, rateOf),
    latencyMs: latencyMs(latency),
    inFlight: sum(figures, ({ inFlight }) => inFlight),
    plans: sum(figures, ({ plans }) => plans),
    catalogs: sum(figures, ({ catalogs }) => catalogs),
  };
}

/** Requests a second of one process: of the slot that is going on and the one before. */
export function rateOf({ at, slots }: ServingFigures): number {
  const now = Date.parse(at) / 1000;
  const present = Math.floor(now / SLOT_SECONDS) * SLOT_SECONDS;
  const from = present - SLOT_SECONDS;
  const requests = slots.filter((slot) => slot.at >= from).reduce((total, slot) => total + slot.requests, 0);
  return Math.round((requests / (now - from)) * 10) / 10;
}

/** The five minutes before `now` step by step, those without requests included; the step that is going on is not. */
export function mergeSeries(figures: readonly ServingFigures[], now: Date): SeriesPoint[] {
  const present = Math.floor(now.getTime() / 1000 / SLOT_SECONDS) * SLOT_SECONDS;
  const slots = new Map<number, ServingFigures["slots"]>();
  for (const slot of figures.flatMap((process) => process.slots))
    slots.set(slot.at, [...(slots.get(slot.at) ?? []), slot]);
  return Array.from({ length: WHOLE_SLOTS }, (_, step) => {
    const at = present - (WHOLE_SLOTS - step) * SLOT_SECONDS;
    const latency = noLatencies();
    const point = { requests: 0, errors: 0, clientErrors: 0, refused: 0 };
    for (const slot of slots.get(at) ?? []) {
      point.requests += slot.requests;
      point.errors += slot.errors;
      point.clientErrors += slot.clientErrors;
      point.refused += slot.refused;
      addLatencies(latency, slot.latency);
    }
    const { requests, ...counts } = point;
    return {
      at: new Date(at * 1000).toISOString(),
      rate: requests / SLOT_SECONDS,
      ...counts,
      latencyMs: latencyMs(latency),
    };
  });
}

/** What took longest, by p95. Views of other projects are left out; reads without a view are everybody's. */
export function slowestReads(figures: readonly ServingFigures[], projectId: string): SlowRead[] {
  const merged = new Map<string, Omit<SlowRead, "latencyMs"> & { latency: LatencyCounts }>();
  for (const read of figures.flatMap(({ reads }) => reads)) {
    if (read.view !== null && read.projectId !== projectId) continue;
    const id = `${read.route}\n${read.view ?? ""}`;
    const { route, view } = read;
    const known = merged.get(id) ?? { route, view, requests: 0, errors: 0, latency: noLatencies() };
    known.requests += read.requests;
    known.errors += read.errors;
    addLatencies(known.latency, read.latency);
    merged.set(id, known);
  }
  return [...merged.values()]
    .map(({ latency, ...read }) => ({ ...read, latencyMs: latencyMs(latency) }))
    .sort((a, b) => (b.latencyMs?.p95 ?? 0) - (a.latencyMs?.p95 ?? 0))
    .slice(0, SLOWEST);
}

/** The store as the process sees it that is off worst; up when nobody says anything. */
export function worstStore(figures: readonly ServingFigures[]): ServingFigures["store"] {
  const found = WORST_FIRST.map((state) => figures.find(({ store }) => store.state === state)?.store);
  return found.find((store) => store !== undefined) ?? { state: "up", detail: null };
}

/** Percentiles in milliseconds, to three significant digits: more would promise more than 5 %. */
export function latencyMs(counts: LatencyCounts): LatencyMs {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => latencyPercentile(counts, share));
  if (p50 == null || p95 == null || p99 == null) return null;
  const ms = (seconds: number): number => Number((seconds * 1000).toPrecision(3));
  return { p50: ms(p50), p95: ms(p95), p99: ms(p99) };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
