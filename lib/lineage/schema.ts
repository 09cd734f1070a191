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

/** One column made from another. Features are nodes of their own, whose column has their name. */
export const ColumnEdge = z.object({
  from: z.string().describe("Node id"),
  fromColumn: z.string(),
  to: z.string().describe("Node id"),
  toColumn: z.string(),
});
export type ColumnEdge = z.infer<typeof ColumnEdge>;

export const Lineage = LineageGraph.extend({
  columns: z
    .array(ColumnEdge)
    .describe("Around a source, group, feature or view: which columns are made from which. Empty without a node"),
});
export type Lineage = z.infer<typeof Lineage>;

export const GetLineage = z.object({
  node: z.string().max(300).optional().describe("kind:name; none: the whole project"),
  direction: z.enum(["upstream", "downstream", "both"]).default("both"),
  depth: z.coerce.number().int().min(1).max(50).default(3),
});
export type GetLineage = z.infer<typeof GetLineage>;
export type GetColumnLineage = GetLineage & { node: string };
export const FeatureLineage = GetLineage.omit({ node: true }).extend({ feature_name: z.string().max(200) });
export type FeatureLineage = z.infer<typeof FeatureLineage>;
