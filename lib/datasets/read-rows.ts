import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import { requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { loadTable, requireGroup } from "./load-table";
import type { ReadRows, TableAnswer } from "./schema";

/** Rows of a feature group with start <= event time < end, newest first by default, at a commit if one is named. */
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
  return ctx.offline.read({
    table,
    ...(input.start ? { start: requireInstant(input.start, "start") } : {}),
    ...(input.end ? { end: requireInstant(input.end, "end") } : {}),
    descending: input.order === "desc",
    limit: input.limit,
  });
}
