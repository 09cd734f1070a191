import { authorize } from "@/lib/access/authorize";
import { toJson } from "@/lib/compute/online-row";
import { type GroupWithColumns, requireGroup, shapeOfGroup } from "@/lib/datasets/load-table";
import { jsonLines } from "@/lib/datasets/row-bodies";
import { writeRows } from "@/lib/datasets/write-rows";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { findTable, tableFor } from "./online-table";
import { pushOnline } from "./push-online";
import { checkRows, type PushedRow } from "./pushed-rows";
import { putCommit } from "./put-commit";
import { type PushedRows, type PushRows, requireRowCount } from "./schema";
import type { PushTarget } from "./target";

/**
 * Takes rows into the newest version of a group: online, into history as one commit, or both, when the rows of the commit
 * are readable online before this resolves. All of them or none. The same `key` with the same rows makes one commit.
 * Throws `feature_group_not_found`, `state_conflict`, the code of the first bad row, and what `writeRows` throws.
 */
export async function pushRows(
  ctx: Context,
  input: PushRows,
  options: { key?: string | null; signal?: AbortSignal } = {},
): Promise<PushedRows> {
  const resource = `feature_group:${input.featureGroup}`;
  if (input.to !== "offline") authorize(ctx, "online.write", resource);
  if (input.to !== "online") authorize(ctx, "rows.write", resource);
  requireRowCount(input.rows);
  const group = await requireGroup(ctx, { name: input.featureGroup });
  if (input.to !== "offline" && !group.online)
    throw new LarderError("state_conflict", `${group.name} is not served online; push it offline`);
  const target = await targetOf(ctx, group);
  if (input.to === "online") return pushOnline(ctx, target, input.rows);
  if (group.sql !== null)
    throw new LarderError(
      "state_conflict",
      `The history of ${group.name} is computed by its SQL; rows can only be pushed online`,
    );
  const { rows, warnings } = checkRows(target, input.rows, ctx.clock.now());
  // Known before anything is written.
  if (input.to === "online_and_offline") await tableFor(ctx, target);
  const { answer } = await writeRows(
    ctx,
    {
      name: group.name,
      mode: "append",
      format: "json",
      body: jsonLines(rows.map((row) => lineOf(target, row))),
      key: options.key ?? null,
    },
    options.signal ? { signal: options.signal } : {},
  );
  const { commit } = answer;
  const written = input.to === "offline" ? 0 : await putCommit(ctx, group, target, commit.sequence);
  return { accepted: rows.length, written, warnings, commit };
}

async function targetOf(ctx: Context, group: GroupWithColumns): Promise<PushTarget> {
  const { id, name, eventTime, createdTime, headSequence, features } = group;
  const { keys } = shapeOfGroup(group);
  const sorted = [...features].sort((a, b) => a.position - b.position);
  const table = await findTable(ctx, id);
  return { id, name, keys: keys as PushTarget["keys"], eventTime, createdTime, headSequence, features: sorted, table };
}

function lineOf(target: PushTarget, { key, eventTime, createdTime, values }: PushedRow): string {
  const fields: [string, Value][] = [
    ...target.keys.map(({ name }, at): [string, Value] => [name, key[at] ?? null]),
    [target.eventTime, eventTime],
    ...(target.createdTime === null ? [] : [[target.createdTime, createdTime] as [string, Value]]),
    ...target.features.map(({ name }, at): [string, Value] => [name, values[at] ?? null]),
  ];
  return `{${fields.map(([name, value]) => `${toJson(name)}:${toJson(value)}`).join(",")}}`;
}
