import { z } from "zod";
import { Name } from "./names";
import { PageQuery } from "./page";

export const RUN_STATES = ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"] as const;
export const RunState = z.enum(RUN_STATES);
export type RunState = z.infer<typeof RunState>;

export const RUN_KINDS = [
  "refresh",
  "materialize",
  "training_set",
  "verify_training_set",
  "backfill",
  "compact",
  "retention",
  "storage_check",
  "collect_garbage",
  "parity_check",
] as const;
export const RunKind = z.enum(RUN_KINDS);
export type RunKind = z.infer<typeof RunKind>;

/** One step of a run, in the order it is worked on. */
export const RunNode = z.object({
  /** source:flights, feature_group:airport_traffic, feature_group:airport_traffic/profile … */
  id: z.string(),
  label: z.string(),
  state: z.enum(["WAITING", "RUNNING", "DONE", "UNCHANGED", "FAILED", "SKIPPED"]),
  rows: z.number().nullable(),
  seconds: z.number().nullable(),
  detail: z.string().nullable(),
});
export type RunNode = z.infer<typeof RunNode>;

export const RunProgress = z.object({
  done: z.number().int(),
  total: z.number().int(),
  nodes: z.array(RunNode),
});
export type RunProgress = z.infer<typeof RunProgress>;

export const Run = z.object({
  id: z.string(),
  kind: RunKind,
  title: z.string(),
  state: RunState,
  progress: RunProgress,
  log: z.array(z.object({ at: z.string(), level: z.enum(["info", "warn", "error"]), message: z.string() })),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  requestedBy: z.string(),
  attempt: z.number().int(),
  failures: z
    .array(z.object({ attempt: z.number().int(), at: z.string(), code: z.string(), detail: z.string() }))
    .describe("Why earlier attempts ended"),
  notBefore: z.string().nullable().describe("When it is tried again, while it waits for that"),
  retryOf: z.string().nullable().describe("The run that this one tries again"),
  cancelRequested: z.boolean(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type Run = z.infer<typeof Run>;

export const ListRuns = PageQuery.extend({
  kind: RunKind.optional(),
  state: RunState.optional(),
  group: Name.optional(),
});
export type ListRuns = z.infer<typeof ListRuns>;

export const RunId = z.object({ id: z.string().max(64) });
export type RunId = z.infer<typeof RunId>;

export const RunAnswer = z.object({ run: Run });
export type RunAnswer = z.infer<typeof RunAnswer>;

/** Whether nothing more will happen to a run. */
export function isFinished(state: RunState): boolean {
  return state === "SUCCEEDED" || state === "FAILED" || state === "CANCELLED";
}
