import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { buildGraph, neighbourhood } from "./build-graph";
import { getColumnLineage } from "./get-column-lineage";
import { loadLineage } from "./load-lineage";
import type { GetLineage, Lineage } from "./schema";

/** The lineage of the project, or of what lies around one node with its columns. Throws `not_found` for an unknown node. */
export async function getLineage(ctx: Context, input: GetLineage): Promise<Lineage> {
  authorize(ctx, "catalog.read", input.node ?? `project:${ctx.project.name}`);
  const graph = buildGraph(await loadLineage(ctx));
  if (!input.node) return { ...graph, columns: [] };
  const part = neighbourhood(graph, input.node, input.direction, input.depth);
  if (!part) throw new LarderError("not_found", `There is no ${input.node} in project ${ctx.project.name}`);
  return { ...part, columns: await getColumnLineage(ctx, { ...input, node: input.node }) };
}
