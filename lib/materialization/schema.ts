import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { PageQuery, pageOf } from "@/lib/kernel/page";
import { Value } from "@/lib/kernel/values";

export const RequestMaterialization = z
  .strictObject({
    featureGroups: z.array(Name).min(1).max(1000).optional().describe("All groups that are kept online by default"),
    start: z.string().max(40).optional().describe("Only rows with this event time or a later one"),
    end: z.string().max(40).optional().describe("Only rows with an earlier event time; not in the future"),
    rebuild: z.boolean().default(false).describe("Into a new table, whatever the present one holds"),
  })
  .describe("With start or end: puts these rows online again; the watermark stays");
export type RequestMaterialization = z.infer<typeof RequestMaterialization>;

/** What a run of kind materialize was asked for. */
export type MaterializationInput = {
  groups: string[];
  start?: string | null;
  end?: string | null;
  rebuild?: boolean;
};

export const MATERIALIZATION_STATES = ["current", "behind", "never", "ahead", "lost"] as const;

export const MaterializationState = z
  .enum(MATERIALIZATION_STATES)
  .describe("ahead: online holds commits that history does not have; lost: the online store lost the table");
export type MaterializationState = z.infer<typeof MaterializationState>;

export const MaterializationSummary = z.object({
  featureGroup: z.string(),
  version: z.number().int(),
  state: MaterializationState,
  onlineTable: z.string().nullable(),
  watermarkSequence: z.number().int().nullable().describe("The newest commit whose rows are all online"),
  watermarkEventTime: z.string().nullable(),
  headSequence: z.number().int(),
  lagCommits: z.number().int(),
  lagSeconds: z.number().describe("Age of the oldest commit that is not online; 0: none is missing"),
  keys: z.number(),
  bytes: z.number().describe("Of keys and rows"),
  updatedAt: z.string().nullable(),
  lastRun: z.object({ id: z.string(), state: z.string() }).nullable(),
});
export type MaterializationSummary = z.infer<typeof MaterializationSummary>;

export const ListMaterializations = PageQuery.extend({ group: Name.optional() });
export type ListMaterializations = z.infer<typeof ListMaterializations>;

export const MaterializationPage = pageOf(MaterializationSummary);

const SAMPLE_MAX = 10_000;
const KEYS_MAX = 1000;

export const RequestParityCheck = z.strictObject({
  featureGroup: Name,
  sample: z
    .union([z.literal("all"), z.number().int().min(1).max(SAMPLE_MAX)])
    .optional()
    .describe("So many keys by chance, 1,000 by default; or all"),
  seed: z.string().max(64).optional().describe("Repeats the choice of an earlier check"),
  keys: z
    .array(z.union([Value, z.record(z.string(), Value)]))
    .min(1)
    .max(KEYS_MAX)
    .optional()
    .describe("Exactly these: a value, or an object by key name"),
});
export type RequestParityCheck = z.infer<typeof RequestParityCheck>;

/** What a run of kind parity_check was asked for. */
export type ParityCheckInput = {
  groups: string[];
  name: string;
  sample: number | "all";
  seed: string;
  /** In the order of the entity's keys. */
  keys: Value[][] | null;
};

export const ParityExample = z.object({
  key: z.array(Value),
  problem: z.enum(["mismatched", "missing", "extra"]),
  online: z.record(z.string(), Value).nullable().describe("The values that differ, and eventTime where it does"),
  offline: z.record(z.string(), Value).nullable(),
});
export type ParityExample = z.infer<typeof ParityExample>;

export const ParityReport = z.object({
  sample: z
    .union([z.literal("all"), z.number().int()])
    .nullable()
    .describe("null: keys that were named"),
  seed: z.string(),
  checked: z.number().int().describe("Keys; each is in exactly one of the numbers that follow"),
  equal: z.number().int(),
  newer: z.number().int().describe("Online has a row that was pushed or committed after the watermark"),
  mismatched: z.number().int(),
  missing: z.number().int().describe("Offline has the key, online does not"),
  extra: z.number().int().describe("Online has a key that offline does not have and that nobody pushed"),
  examples: z.array(ParityExample).describe("At most 20; values of features that the reader may not read are left out"),
});
export type ParityReport = z.infer<typeof ParityReport>;

export const ParityCheck = z.object({
  id: z.string(),
  watermarkSequence: z.number().int(),
  report: ParityReport,
  runId: z.string().nullable(),
  createdBy: z.string(),
  checkedAt: z.string(),
});
export type ParityCheck = z.infer<typeof ParityCheck>;

export const ListParityChecks = PageQuery.extend({ name: Name });
export type ListParityChecks = z.infer<typeof ListParityChecks>;

export const ParityCheckPage = pageOf(ParityCheck);
