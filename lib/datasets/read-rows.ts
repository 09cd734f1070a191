import { authorize, may } from "@/lib/access/authorize";
import type { Actor } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import { requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { isMasked } from "@/lib/registry/mask-personal";
import { loadTable, requireGroup } from "./load-table";
import type { ReadRows, TableAnswer } from "./schema";

/**
 * Rows of a feature group with start <= event time < end, newest first by default, at a commit if one is named.
 * Values that the actor may not read are null, and named in `masked`: of personal features for who is no sensitive reader,
 * of DRAFT ones for who may not read drafts, of RETIRED ones for everybody.
 */
export async function readRows(ctx: Context, input: ReadRows): Promise<TableAnswer> {
  authorize(ctx, "data.read", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, input);
  if (input.commit !== undefined && input.commit > group.headSequence) {
    throw new LarderError(
      "not_found",
      `Feature group ${input.name} has no commit ${input.commit}; its newest is ${group.headSequence}`,
    );
  }
  const { table } = await loadTable(ctx, group, input.commit);
  const answer = await ctx.offline.read({
    table,
    ...(input.start ? { start: requireInstant(input.start, "start") } : {}),
    ...(input.end ? { end: requireInstant(input.end, "end") } : {}),
    descending: input.order === "desc",
    limit: input.limit,
  });
  const masked = group.features.filter((feature) => isHidden(ctx.actor, feature)).map((feature) => feature.name);
  if (masked.length === 0) return answer;
  const hidden = answer.columns.map((column) => masked.includes(column.name));
  return {
    ...answer,
    rows: answer.rows.map((row) => row.map((value, index) => (hidden[index] ? null : value))),
    masked,
  };
}

function isHidden(actor: Actor, feature: { sensitivity: string | null; status: string }): boolean {
  if (feature.status === "RETIRED" || isMasked(actor, feature)) return true;
  return feature.status === "DRAFT" && !may(actor, "draft.read");
}
