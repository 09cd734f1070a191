import { z } from "zod";
import { RunState } from "@/lib/kernel/run";

/** What an instance holds and does. Every figure is counted or measured; what was not measured is null. */
export const Stats = z.object({
  counts: z
    .object({
      entities: z.number().int(),
      sources: z.number().int(),
      featureGroups: z.number().int(),
      features: z.number().int(),
      featureViews: z.number().int(),
      trainingSets: z.number().int(),
    })
    .describe("Objects of the project; groups, their features and views in their newest version"),
  storage: z.object({
    offline: z
      .object({ files: z.number().int(), rows: z.number(), bytes: z.number() })
      .describe("All data files of the project, those that later overwrites replaced included"),
    online: z.object({ rows: z.number() }).describe("Rows materialized at the last run of each group"),
    trainingSets: z.object({ rows: z.number(), bytes: z.number() }),
  }),
  runs: z.record(RunState, z.number().int()).describe("Runs of the project by state"),
  serving: z
    .object({
      since: z.string().describe("When the oldest of the processes started"),
      processes: z.number().int().describe("Processes that answer reads, heard of within ten seconds"),
      requests: z.number().int(),
      errors: z.number().int().describe("Requests that were answered with a status of 400 or more"),
      latencyMs: z
        .object({ p50: z.number(), p95: z.number(), p99: z.number() })
        .nullable()
        .describe("Of the last five minutes, to 5 %; null when nothing was asked"),
      sampleCount: z.number().int().describe("Requests the latency is taken from"),
    })
    .describe("Requests to the data plane, and online reads on the main port, since each process started"),
});
export type Stats = z.infer<typeof Stats>;
