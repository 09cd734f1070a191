import { z } from "zod";

export const LINEAGE_KINDS = [
  "source",
  "feature_group",
  "feature",
  "feature_view",
  "consumer",
  "training_set",
] as const;

export const LineageNode = z.object({
  /** kind:name, features as feature:group:name */
  id: z.string(),
  kind: z.enum(LINEAGE_KINDS),
  name: z.string(),
  description: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  status: z.string().nullable(),
  /** Features: the group they belong to. */
  group: z.string().nullable(),
  rowCount: z.number().nullable(),
  lastEventTime: z.string().nullable(),
  lastCommitAt: z.string().nullable(),
});
export type LineageNode = z.infer<typeof LineageNode>;

export const LineageEdge = z.object({ id: z.string(), from: z.string(), to: z.string() });
export type LineageEdge = z.infer<typeof LineageEdge>;

export const LineageGraph = z.object({
  nodes: z.array(LineageNode),
  edges: z.array(LineageEdge),
  statistics: z.object({ total_nodes: z.number().int(), total_edges: z.number().int() }),
});
export type LineageGraph = z.infer<typeof LineageGraph>;

export const GetLineage = z.object({
  node: z.string().max(300).optional().describe("kind:name; none: the whole project"),
  direction: z.enum(["upstream", "downstream", "both"]).default("both"),
  depth: z.coerce.number().int().min(1).max(50).default(3),
});
export type GetLineage = z.infer<typeof GetLineage>;
export const FeatureLineage = GetLineage.omit({ node: true }).extend({ feature_name: z.string().max(200) });
export type FeatureLineage = z.infer<typeof FeatureLineage>;
