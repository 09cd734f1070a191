import { latencyBucket, noLatencies, packLatencies } from "./latency-buckets";

/** What happened in one slot of time. `at`: when it began, in seconds since 1970. */
export type Slot = {
  at: number;
  requests: number;
  errors: number;
  clientErrors: number;
  refused: number;
  cells: number;
  missing: number;
  /** Packed. */
  latency: number[];
};

type Counting = Omit<Slot, "at" | "latency"> & { index: number; latency: Uint32Array };

/** One answered request. */
export type Answered = { status: number; seconds: number; cells: number; missing: number };

/** The newest slots of time, each as long as the others; slots begin at whole multiples of their length since 1970. */
export type RollingWindow = {
  add(nowMs: number, answered: Answered): void;
  refuse(nowMs: number, count: number): void;
  /** Slots in which something happened, oldest first, the present one included. */
  slots(nowMs: number): Slot[];
};

/** A window of `count` slots of `slotSeconds` each, which takes the same memory whatever happens. */
export function rollingWindow(count: number, slotSeconds: number): RollingWindow {
  const slotMs = slotSeconds * 1000;
  const ring = Array.from({ length: count }, () => emptySlot());
  const slotAt = (nowMs: number): Counting => {
    const index = Math.floor(nowMs / slotMs);
    const slot = ring[index % count] ?? emptySlot();
    if (slot.index !== index) restart(slot, index);
    return slot;
  };
  return {
    add: (nowMs, { status, seconds, cells, missing }) => {
      const slot = slotAt(nowMs);
      slot.requests++;
      if (status >= 500) slot.errors++;
      else if (status >= 400) slot.clientErrors++;
      slot.cells += cells;
      slot.missing += missing;
      const bucket = latencyBucket(seconds);
      slot.latency[bucket] = (slot.latency[bucket] ?? 0) + 1;
    },
    refuse: (nowMs, refused) => {
      slotAt(nowMs).refused += refused;
    },
    slots: (nowMs) => {
      const newest = Math.floor(nowMs / slotMs);
      return ring
        .filter(({ index, requests, refused }) => index > newest - count && index <= newest && requests + refused > 0)
        .sort((a, b) => a.index - b.index)
        .map(({ index, latency, ...counts }) => ({
          at: index * slotSeconds,
          ...counts,
          latency: packLatencies(latency),
        }));
    },
  };
}

function emptySlot(): Counting {
  return {
    index: -1,
    requests: 0,
    errors: 0,
    clientErrors: 0,
    refused: 0,
    cells: 0,
    missing: 0,
    latency: noLatencies(),
  };
}

function restart(slot: Counting, index: number): void {
  slot.index = index;
  slot.requests = 0;
  slot.errors = 0;
  slot.clientErrors = 0;
  slot.refused = 0;
  slot.cells = 0;
  slot.missing = 0;
  slot.latency.fill(0);
}
