import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { Statistics } from "@/lib/registry/schema";

const Positive = z.coerce.number().int().min(1);

export const ComparedSide = z
  .strictObject({
    snapshot: Name.optional().describe("Either this or featureGroup"),
    featureGroup: Name.optional(),
    version: Positive.optional().describe("Of the feature group; none: the newest"),
    commit: Positive.optional().describe("Of the feature group; none: the newest"),
  })
  .refine((side) => (side.snapshot === undefined) !== (side.featureGroup === undefined), {
    message: "Give either a snapshot or a featureGroup",
    path: ["snapshot"],
  })
  .refine((side) => side.featureGroup !== undefined || (side.commit === undefined && side.version === undefined), {
    message: "A snapshot says itself which commits and versions it holds",
    path: ["commit"],
  });
export type ComparedSide = z.infer<typeof ComparedSide>;

export const CompareSnapshots = z.object({
  from: ComparedSide,
  to: ComparedSide,
  group: Name.optional().describe("Of snapshots of views: only this group"),
});
export type CompareSnapshots = z.infer<typeof CompareSnapshots>;

/** What a group held at a commit. */
export const Moment = z.object({
  version: z.number().int(),
  commit: z.number().int(),
  committedAt: z.string(),
  rowCount: z.number(),
  fileCount: z.number().int(),
  byteCount: z.number(),
});
export type Moment = z.infer<typeof Moment>;

/** A column of either side with its types; null: not there. */
export const ComparedColumn = z.object({
  name: z.string(),
  role: z.enum(["key", "event_time", "created_time", "feature"]),
  from: z.string().nullable(),
  to: z.string().nullable(),
});
export type ComparedColumn = z.infer<typeof ComparedColumn>;

const Sided = Statistics.omit({ trend: true });
export const ComparedFeature = z.object({
  feature: z.string(),
  unit: z.string().nullable(),
  masked: z.boolean().describe("Its values are personal and hidden; only counts are left"),
  from: Sided.nullable(),
  to: Sided.nullable(),
});
export type ComparedFeature = z.infer<typeof ComparedFeature>;

export const ComparedGroup = z.object({
  group: z.string(),
  from: Moment,
  to: Moment,
  columns: z.array(ComparedColumn),
  features: z.array(ComparedFeature),
});
export type ComparedGroup = z.infer<typeof ComparedGroup>;

export const Comparison = z.object({
  groups: z.array(ComparedGroup).describe("Feature groups that both sides hold"),
  onlyFrom: z.array(z.string()),
  onlyTo: z.array(z.string()),
});
export type Comparison = z.infer<typeof Comparison>;
