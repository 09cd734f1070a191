import { authorize } from "@/lib/access/authorize";
import { loadTable } from "@/lib/datasets/load-table";
import type { Context } from "@/lib/platform/context";
import { getEntity } from "@/lib/registry/get-entity";
import type { ByName } from "@/lib/registry/schema";
import { formatEntityId } from "./entity-key";
import type { EntityExamples } from "./schema";

const EXAMPLES = 8;

/** A few keys of an entity that exist, those with the most rows in one of its groups, to try things with. */
export async function listEntityExamples(ctx: Context, input: ByName): Promise<EntityExamples> {
  authorize(ctx, "data.read", `entity:${input.name}`);
  const entity = await getEntity(ctx, input);
  const groups = await ctx.db.featureGroup.findMany({
    where: { projectId: ctx.project.id, latest: true, headSequence: { gt: 0 }, entity: { name: entity.name } },
    include: { entity: true, features: true, commits: { orderBy: { sequence: "desc" }, take: 1 } },
  });
  groups.sort((a, b) => Number((b.commits[0]?.rowCount ?? 0n) - (a.commits[0]?.rowCount ?? 0n)));
  const group = groups[0];
  if (!group || entity.joinKeys.length === 0) return { keys: [] };
  const { table } = await loadTable(ctx, group);
  const keys = entity.joinKeys.map((key) => `"${key.name}"`).join(", ");
  const sql = `SELECT ${keys} FROM larder_rows GROUP BY ${keys} ORDER BY count(*) DESC, ${keys}`;
  const query = { sql, inputs: [{ name: "larder_rows", kind: "table" as const, table }] };
  const { rows } = await ctx.offline.query({ query, limit: EXAMPLES });
  return { keys: rows.map((row) => formatEntityId(row)) };
}
