import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { PageQuery } from "@/lib/kernel/page";
import { Run } from "@/lib/kernel/run";

const Version = z.coerce.number().int().min(1);
const Sequence = z.coerce.number().int().min(1);

/** A commit of a group version that a snapshot points to. */
export type SnapshotItem = { groupId: string; group: string; version: number; sequence: number };

export const CreateSnapshot = z
  .strictObject({
    // /snapshots/compare is a page.
    name: Name.refine((name) => name !== "compare", "must not be compare, which is the name of a page"),
    description: z.string().max(2000).default(""),
    featureGroup: Name.optional().describe("Either this or featureView"),
    featureView: Name.optional().describe("Every group that the view reads, each at its newest commit"),
    version: Version.optional().describe("Of the group or view; none: the newest"),
    commit: Sequence.optional().describe("Sequence of a commit of the group; none: the newest"),
  })
  .refine((value) => (value.featureGroup === undefined) !== (value.featureView === undefined), {
    message: "Give either featureGroup or featureView",
    path: ["featureGroup"],
  })
  .refine((value) => value.commit === undefined || value.featureGroup !== undefined, {
    message: "A commit belongs to a feature group; a snapshot of a view takes the newest of each",
    path: ["commit"],
  });
export type CreateSnapshot = z.infer<typeof CreateSnapshot>;

export const SnapshotName = z.object({ name: Name });

export const ListSnapshots = PageQuery.extend({
  group: Name.optional().describe("Only snapshots that hold this feature group"),
  version: Version.optional().describe("Of the group"),
});
export type ListSnapshots = z.infer<typeof ListSnapshots>;

export const Snapshot = z.object({
  name: z.string(),
  description: z.string(),
  kind: z.enum(["feature_group", "feature_view"]),
  subject: z.string().describe("Name of the group or view"),
  version: z.number().int(),
  items: z.array(z.object({ group: z.string(), version: z.number().int(), commit: z.number().int() })),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** A snapshot with what its commits hold; a commit of a version that was deleted has no numbers. */
export const SnapshotDetail = Snapshot.extend({
  items: z.array(
    Snapshot.shape.items.element.extend({
      rowCount: z.number().nullable(),
      byteCount: z.number().nullable(),
      fileCount: z.number().int().nullable(),
      committedAt: z.string().nullable(),
      newer: z.number().int().nullable().describe("Commits of the group since then"),
      rowCountNow: z.number().nullable().describe("Rows of the group's newest commit"),
      latest: z.boolean().nullable().describe("Whether it is the newest version of the group"),
    }),
  ),
  usedBy: z.array(z.string()).describe("Training sets that were built from it"),
});
export type SnapshotDetail = z.infer<typeof SnapshotDetail>;

export const RestoreGroup = z
  .strictObject({
    name: Name,
    commit: Sequence.optional().describe("Sequence to go back to"),
    snapshot: Name.optional().describe("Instead of a commit"),
  })
  .refine((value) => (value.commit === undefined) !== (value.snapshot === undefined), {
    message: "Give either a commit or a snapshot",
    path: ["commit"],
  });
export type RestoreGroup = z.infer<typeof RestoreGroup>;

export const Restored = z.object({
  commit: z.object({
    sequence: z.number().int(),
    restores: z.number().int(),
    rowCount: z.number().describe("Rows that the group holds now"),
    committedAt: z.string(),
  }),
  run: Run.describe("Brings statistics and online values to it"),
});
export type Restored = z.infer<typeof Restored>;

export const ListCommits = PageQuery.extend({ name: Name, version: Version.optional() });
export type ListCommits = z.infer<typeof ListCommits>;

/** One atomic change of a group's rows. */
export const CommitEntry = z.object({
  sequence: z.number().int(),
  mode: z.enum(["append", "overwrite", "compact", "restore"]),
  range: z
    .object({ start: z.string().nullable(), end: z.string().nullable() })
    .nullable()
    .describe("Event times that an overwrite replaced, end not included; null: everything, or no overwrite"),
  restores: z.number().int().nullable().describe("Commit that a restore went back to"),
  replacedFiles: z.number().int().describe("Files that a compaction wrote again"),
  rowCount: z.number().describe("Rows written"),
  liveRows: z.number().describe("Rows that the group held afterwards"),
  byteCount: z.number(),
  minEventTime: z.string().nullable(),
  maxEventTime: z.string().nullable(),
  runId: z.string().nullable(),
  createdBy: z.string().nullable(),
  committedAt: z.string(),
  expiredAt: z.string().nullable().describe("When retention ended its time travel"),
  snapshots: z.array(z.string()).describe("Snapshots that point to it"),
});
export type CommitEntry = z.infer<typeof CommitEntry>;
