import { authorize } from "@/lib/access/authorize";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import { requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { isHidden } from "@/lib/registry/mask-personal";
import { requireSnapshot } from "./find-snapshot";
import { type GroupWithColumns, loadTable, requireGroup } from "./load-table";
import type { ReadRows, TableAnswer } from "./schema";
import { itemsOf } from "./snapshot-rows";

/**
 * Rows of a feature group with start <= event time < end, newest first by default, at a commit or snapshot if one is named.
 * Values that the actor may not read are null, and named in `masked`: of personal features for who is no sensitive reader,
 * of DRAFT ones for who may not read drafts, of RETIRED ones for everybody. Throws `commit_not_found`, `commit_expired`,
 * `snapshot_not_found`, and `validation_failed` for a snapshot that does not hold the group.
 */
export async function readRows(ctx: Context, input: ReadRows): Promise<TableAnswer> {
  authorize(ctx, "data.read", `feature_group:${input.name}`);
  const { group, commit } = await findMoment(ctx, input);
  const { table } = await loadTable(ctx, group, commit);
  const reading = ctx.offline.read({
    table,
    ...(input.start ? { start: requireInstant(input.start, "start") } : {}),
    ...(input.end ? { end: requireInstant(input.end, "end") } : {}),
    descending: input.order === "desc",
    limit: input.limit,
    // Rows may have been written twice; the last one counts.
    ...(group.sql === null ? { distinct: true } : {}),
  });
  const answer = await reading.catch(async (error: unknown) => {
    // A commit may expire while it is read: then it is gone, not damaged.
    if (isLarderError(error) && error.code === "data_corrupt" && commit !== undefined)
      await loadTable(ctx, group, commit);
    throw error;
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

async function findMoment(
  ctx: Context,
  input: ReadRows,
): Promise<{ group: GroupWithColumns; commit: number | undefined }> {
  if (input.snapshot === undefined) return { group: await requireGroup(ctx, input), commit: input.commit };
  if (input.commit !== undefined)
    throw new LarderError("validation_failed", "Give either a commit or a snapshot; a snapshot names its commit");
  const held = itemsOf(await requireSnapshot(ctx, input.snapshot)).filter(
    (item) => item.group === input.name && (input.version === undefined || item.version === input.version),
  );
  const newest = held.sort((a, b) => b.version - a.version)[0];
  const group = newest && (await requireGroup(ctx, { name: newest.group, version: newest.version }));
  if (group && group.id === newest.groupId) return { group, commit: newest.sequence };
  const which = input.version === undefined ? "" : ` version ${input.version}`;
  throw new LarderError(
    "validation_failed",
    `Snapshot ${input.snapshot} does not hold feature group ${input.name}${which}`,
  );
}
