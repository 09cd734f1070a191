import type { FeatureGroupDefinition, Schedule } from "@/lib/registry/definition-schema";

/** When a group is computed, while it is being written; null: not chosen. */
export type TimingDraft = {
  incremental: { interval: string; start: string; lookback: string } | null;
  schedule: { cron: string; timeZone: string; catchUp: Schedule["catchUp"] } | null;
  /** Not edited here: it stays as it is. */
  retention: FeatureGroupDefinition["retention"] | null;
};

type Timing = Pick<FeatureGroupDefinition, "incremental" | "schedule" | "retention">;

export const NO_TIMING: TimingDraft = { incremental: null, schedule: null, retention: null };

/** What the switches begin with. */
export const FIRST_INTERVALS = { interval: "1d", start: "", lookback: "" };
export const FIRST_SCHEDULE = { cron: "0 3 * * *", timeZone: "UTC", catchUp: "latest" as const };

/** Schedules that most people want, with the words for them. */
export const USUAL_CRONS = [
  { cron: "0 * * * *", label: "Every hour" },
  { cron: "0 3 * * *", label: "Every day at 3:00" },
  { cron: "0 3 * * 1", label: "Every Monday at 3:00" },
] as const;

export const CATCH_UP_WORDS: Record<Schedule["catchUp"], { label: string; about: string }> = {
  latest: { label: "Once for all of them", about: "One run makes up for everything that was missed" },
  all: { label: "Once for each", about: "As many runs as ticks were missed, at most 100" },
  skip: { label: "Not at all", about: "The next run comes at the next tick" },
};

/** The timing of a registered group. */
export function timingOf({ incremental, schedule, retention }: Timing): TimingDraft {
  return {
    incremental: incremental ? { ...incremental, lookback: incremental.lookback ?? "" } : null,
    schedule: schedule ?? null,
    retention: retention ?? null,
  };
}

/** What the draft says, as definitions have it: what was left empty is left out. Drafts of older versions have no timing. */
export function timingFrom(draft: TimingDraft | undefined): Timing {
  const { incremental, schedule, retention } = draft ?? NO_TIMING;
  return {
    ...(incremental && {
      incremental: {
        interval: incremental.interval.trim(),
        start: incremental.start.trim(),
        ...(incremental.lookback.trim() !== "" && { lookback: incremental.lookback.trim() }),
      },
    }),
    ...(schedule && { schedule: { ...schedule, cron: schedule.cron.trim().replace(/\s+/g, " ") } }),
    ...(retention && { retention }),
  };
}

/** A schedule in words where there are some: `Every day at 3:00, Europe/Vienna`. */
export function scheduleWords({ cron, timeZone }: Pick<Schedule, "cron" | "timeZone">): string {
  return `${USUAL_CRONS.find((one) => one.cron === cron)?.label ?? cron}, ${timeZone}`;
}
