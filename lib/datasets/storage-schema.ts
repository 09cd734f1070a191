import { z } from "zod";

export const StorageProblem = z.object({
  path: z.string(),
  belongsTo: z.string().describe("feature_group:name@version, training_set:name or quarantine:name"),
  commit: z.number().int().nullable().describe("Sequence of the commit that the file is part of"),
  live: z.boolean().describe("Whether the newest data needs it"),
  what: z.string().describe("Missing, of another size, unreadable, of other rows, or of other bytes"),
});
export type StorageProblem = z.infer<typeof StorageProblem>;

const StoredBytes = z.object({ files: z.number().int(), bytes: z.number() });

export const GroupStorage = z.object({
  name: z.string(),
  version: z.number().int(),
  files: z.number().int().describe("Files of all commits"),
  bytes: z.number(),
  liveFiles: z.number().int().describe("Files that the newest data is read from"),
  liveBytes: z.number(),
});
export type GroupStorage = z.infer<typeof GroupStorage>;

const Orphan = z.object({ path: z.string(), bytes: z.number(), modifiedAt: z.string() });

/** What a look at everything stored for a project found. */
export const StorageReport = z.object({
  checkedAt: z.string(),
  deep: z.boolean().describe("Whether every byte was read, or sizes and footers only"),
  files: z.number().int(),
  bytes: z.number(),
  problems: z.array(StorageProblem),
});
export type StorageReport = z.infer<typeof StorageReport>;

export const StorageOverview = StorageReport.extend({
  groups: z.array(GroupStorage),
  orphans: z.array(Orphan).describe("Files that no commit, training set or source names; the first 200"),
  orphaned: StoredBytes,
  garbage: StoredBytes.describe("Files of commits that retention left behind"),
  lastDeep: StorageReport.nullable().describe("The newest check of every byte"),
});
export type StorageOverview = z.infer<typeof StorageOverview>;

export const Garbage = z.object({
  files: z.array(z.object({ path: z.string(), bytes: z.number(), why: z.enum(["garbage", "unfinished", "orphan"]) })),
  bytes: z.number(),
  olderThan: z.string().describe("Only what was left before this instant goes"),
});
export type Garbage = z.infer<typeof Garbage>;

const INCLUDE =
  "Also files that nothing in the database names; after a restored backup these may be all there is of newer commits";
export const PlanGarbage = z.object({ includeOrphans: z.stringbool().default(false).describe(INCLUDE) });
export type PlanGarbage = z.infer<typeof PlanGarbage>;

export const CollectGarbage = z.strictObject({ includeOrphans: z.boolean().default(false).describe(INCLUDE) });
export type CollectGarbage = z.infer<typeof CollectGarbage>;

export const CheckStorage = z.object({});
export type CheckStorage = z.infer<typeof CheckStorage>;
