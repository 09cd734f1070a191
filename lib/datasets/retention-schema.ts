import { z } from "zod";
import { Name } from "@/lib/kernel/names";

export const RetentionOf = z.object({ name: Name, version: z.coerce.number().int().min(1).optional() });
export type RetentionOf = z.infer<typeof RetentionOf>;

/** What retention would do to a group now. */
export const RetentionPlan = z.object({
  policy: z
    .object({ history: z.string().nullable(), rows: z.string().nullable() })
    .nullable()
    .describe("As the definition says it; null: everything is kept"),
  rowsBefore: z.string().nullable().describe("Rows with an earlier event time would go"),
  rowCount: z.number().describe("Rows that would go"),
  rowsKept: z.number(),
  commitsBefore: z.string().nullable().describe("Earlier commits would expire"),
  expireCount: z.number().int(),
  expire: z
    .array(z.object({ sequence: z.number().int(), committedAt: z.string() }))
    .describe("The first 200 commits that would expire, oldest first"),
  held: z
    .array(z.object({ sequence: z.number().int(), by: z.array(z.string()) }))
    .describe("Old commits that stay, and what needs them: snapshot:name or training_set:name"),
  files: z.number().int().describe("Files that nothing would need any more"),
  bytes: z.number(),
});
export type RetentionPlan = z.infer<typeof RetentionPlan>;
