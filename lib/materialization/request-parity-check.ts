import { randomUUID } from "node:crypto";
import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { requireGroup } from "@/lib/datasets/load-table";
import { exactKey } from "@/lib/datasets/spine";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { JoinKey } from "@/lib/registry/definition-schema";
import type { ParityCheckInput, RequestParityCheck } from "./schema";

const SAMPLE = 1000;

/**
 * Starts a run that compares the online rows of a group with its history as of the watermark: of some keys by chance, of
 * those named, or of all. Throws `feature_group_not_found`, `invalid_key`, `null_key`, `invalid_parameter`, and
 * `state_conflict` for a group that was never materialized.
 */
export async function requestParityCheck(ctx: Context, input: RequestParityCheck): Promise<{ run: Run }> {
  authorize(ctx, "run.start", `feature_group:${input.featureGroup}`);
  const group = await requireGroup(ctx, { name: input.featureGroup });
  const { sample, keys, seed = randomUUID() } = input;
  if (keys && sample !== undefined) throw new LarderError("invalid_parameter", "give keys, or a sample, but not both");
  if ((await ctx.db.materialization.count({ where: { groupId: group.id } })) === 0)
    throw new LarderError("state_conflict", `${group.name} was never materialized; there is nothing to compare`);
  const columns = group.entity.joinKeys as JoinKey[];
  const work: ParityCheckInput = {
    groups: [group.name],
    name: group.name,
    sample: sample ?? SAMPLE,
    seed,
    keys: keys ? keys.map((key) => keyOf(key, columns)) : null,
  };
  const run = await transaction(ctx.db, async (tx) => {
    const queued = await queueRun(ctx, tx, {
      kind: "parity_check",
      title: `Check parity of ${group.name}`,
      input: work,
      nodes: [{ id: "parity", label: `Compare ${group.name} online and offline` }],
    });
    const after = { kind: "parity_check", featureGroup: group.name, sample: keys ? keys.length : work.sample, seed };
    await audit(ctx, tx, { action: "run.start", resource: `run:${queued.id}`, after });
    return queued;
  });
  return { run };
}

function keyOf(given: Value, columns: JoinKey[]): Value[] {
  const [only] = columns;
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  if (!isObject && (columns.length !== 1 || !only))
    throw new LarderError("invalid_key", `Write a key as an object with ${columns.map(({ name }) => name).join(", ")}`);
  return columns.map(({ name, type }) => {
    const value = isObject ? (given[name] ?? null) : given;
    if (value === null) throw new LarderError("null_key", `Key ${name} is null or missing`);
    const exact = exactKey(value, type);
    if (exact === undefined)
      throw new LarderError("invalid_key", `Key ${name} is ${JSON.stringify(value).slice(0, 60)}, not ${type}`);
    return exact;
  });
}
