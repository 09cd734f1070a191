import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { ByName, EntitySummary } from "./schema";
import { ENTITY_INCLUDE, summarizeEntity } from "./summarize-entities";

/** One entity. Throws `entity_not_found`. */
export async function getEntity(ctx: Context, input: ByName): Promise<EntitySummary> {
  authorize(ctx, "catalog.read", `entity:${input.name}`);
  const where = { projectId_name: { projectId: ctx.project.id, name: input.name } };
  const row = await ctx.db.entity.findUnique({ where, include: ENTITY_INCLUDE });
  if (!row)
    throw new LarderError("entity_not_found", `There is no entity ${input.name} in project ${ctx.project.name}`);
  return summarizeEntity(row);
}
