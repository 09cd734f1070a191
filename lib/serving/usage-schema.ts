import { z } from "zod";

export const GetFeatureUsage = z.object({
  reference: z.string().max(200),
  days: z.coerce.number().int().min(1).max(365).default(30),
});
export type GetFeatureUsage = z.infer<typeof GetFeatureUsage>;

/** Who reads a feature online, how often, and who said that they would. */
export const FeatureUsage = z.object({
  reference: z.string(),
  from: z.string().describe("First day, UTC"),
  to: z.string().describe("Last day, UTC: today"),
  requests: z.number().int(),
  values: z.number().int().describe("Values asked for: a request may ask for many entities"),
  presentShare: z.number().nullable().describe("Share of values that were there; null when none were asked for"),
  callers: z
    .array(
      z.object({
        kind: z.string().describe("user, service, system or anonymous"),
        name: z.string(),
        requests: z.number().int(),
        values: z.number().int(),
        presentShare: z.number().nullable(),
        lastDay: z.string(),
      }),
    )
    .describe("Who asked most first, a hundred at most"),
  series: z.array(z.object({ day: z.string(), requests: z.number().int(), values: z.number().int() })),
  consumers: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        owner: z.string().nullable(),
        through: z.array(z.string()).describe("Views it reads the feature through; none: directly"),
      }),
    )
    .describe("Registered models, services and dashboards that read it"),
});
export type FeatureUsage = z.infer<typeof FeatureUsage>;
