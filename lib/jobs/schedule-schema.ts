import { z } from "zod";
import { PageQuery } from "@/lib/kernel/page";
import { RunState } from "@/lib/kernel/run";
import { Schedule } from "@/lib/registry/definition-schema";

export const ListSchedules = PageQuery;
export type ListSchedules = z.infer<typeof ListSchedules>;

/** A feature group that is refreshed by itself. */
export const ScheduleSummary = z.object({
  group: z.string(),
  version: z.number().int(),
  schedule: Schedule,
  nextRunAt: z.string().nullable().describe("When it comes next"),
  overdue: z.boolean().describe("It should have come more than a minute ago: no worker is looking"),
  last: z
    .object({
      scheduledFor: z.string(),
      run: z.object({ id: z.string(), state: RunState }).nullable().describe("Null: it is no longer there"),
    })
    .nullable()
    .describe("The newest tick that a run was started for"),
  missed: z.number().int().describe("Ticks of the last 30 days that no run was started for"),
});
export type ScheduleSummary = z.infer<typeof ScheduleSummary>;
