import { authorize } from "@/lib/access/authorize";
import { requireSnapshot } from "@/lib/datasets/find-snapshot";
import { type GroupWithColumns, loadTable, requireGroup } from "@/lib/datasets/load-table";
import { itemsOf } from "@/lib/datasets/snapshot-rows";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isMasked } from "@/lib/registry/mask-personal";
import { compareColumns, compareFeatures, type Side } from "./comparison";
import type { ComparedGroup, ComparedSide, CompareSnapshots, Comparison, Moment } from "./comparison-schema";
import { loadProfiles } from "./load-profiles";
import { shapeAt } from "./shape-at";

/** How long statistics that are missing may be computed while somebody waits. */
const LIMIT_MS = 60_000;

type Held = { group: GroupWithColumns; sequence: number };
type Described = Side & { moment: Moment };

/**
 * What differs between two snapshots, or commits of a group: columns, rows, sizes, and the statistics of every feature.
 * Statistics that nobody has computed yet are computed now. Throws `timeout` when that takes longer than a minute,
 * `validation_failed` when the sides have no feature group in common, and what reading at a commit throws.
 */
export async function compareSnapshots(
  ctx: Context,
  input: CompareSnapshots,
  options: { signal?: AbortSignal; limitMs?: number } = {},
): Promise<Comparison> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const [from, to] = await Promise.all([input.from, input.to].map((side) => findHeld(ctx, side)));
  const names = (side: Map<string, Held> | undefined): string[] =>
    [...(side?.keys() ?? [])].filter((name) => input.group === undefined || name === input.group);
  const common = names(from).filter((name) => to?.has(name));
  if (common.length === 0) {
    const what = input.group ? `Feature group ${input.group} is not in both` : "They have no feature group in common";
    throw new LarderError("validation_failed", `${what}; there is nothing to compare`);
  }
  const limit = AbortSignal.timeout(options.limitMs ?? LIMIT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const groups: ComparedGroup[] = [];
  for (const name of common) {
    const sides = [from?.get(name), to?.get(name)].filter((held) => held !== undefined);
    const described: Described[] = [];
    for (const held of sides)
      described.push(
        await describe(ctx, held, signal).catch((error: unknown) => {
          throw limit.aborted && !options.signal?.aborted ? tookTooLong(held, error) : error;
        }),
      );
    const [before, after] = described;
    if (before && after) groups.push(compare(ctx, name, [before, after], sides));
  }
  const only = (side: string[], other: Map<string, Held> | undefined): string[] =>
    side.filter((name) => !other?.has(name));
  return { groups, onlyFrom: only(names(from), to), onlyTo: only(names(to), from) };
}

function compare(ctx: Context, group: string, [from, to]: [Described, Described], sides: Held[]): ComparedGroup {
  const features = sides.flatMap((held) => held.group.features);
  return {
    group,
    from: from.moment,
    to: to.moment,
    columns: compareColumns(from.shape, to.shape),
    features: compareFeatures(from, to, (name) => {
      const rows = features.filter((feature) => feature.name === name);
      return { unit: rows.at(-1)?.unit ?? null, masked: rows.some((feature) => isMasked(ctx.actor, feature)) };
    }),
  };
}

/** The groups of a side by name, each at its commit. */
async function findHeld(ctx: Context, side: ComparedSide): Promise<Map<string, Held>> {
  if (side.snapshot === undefined) {
    const group = await requireGroup(ctx, { name: side.featureGroup ?? "", version: side.version });
    const sequence = side.commit ?? group.headSequence;
    if (sequence === 0) throw new LarderError("state_conflict", `Feature group ${group.name} has no commit yet`);
    return new Map([[group.name, { group, sequence }]]);
  }
  const items = itemsOf(await requireSnapshot(ctx, side.snapshot)).sort((a, b) => a.version - b.version);
  const held = new Map<string, Held>();
  for (const { group: name, version, sequence } of items)
    held.set(name, { group: await requireGroup(ctx, { name, version }), sequence });
  return held;
}

async function describe(ctx: Context, { group, sequence }: Held, signal: AbortSignal): Promise<Described> {
  const { table } = await loadTable(ctx, group, sequence);
  const where = { groupId_sequence: { groupId: group.id, sequence } };
  const { committedAt, liveRows } = await ctx.db.commit.findUniqueOrThrow({ where });
  const shape = await shapeAt(ctx, group, committedAt);
  const wanted = shape.features.map((feature) => feature.name);
  const { profiles } = await loadProfiles(ctx, group, sequence, wanted, { signal });
  const moment: Moment = {
    version: group.version,
    commit: sequence,
    committedAt: committedAt.toISOString(),
    rowCount: Number(liveRows),
    fileCount: table.files.length,
    byteCount: table.files.reduce((sum, file) => sum + file.byteCount, 0),
  };
  return { shape, profiles, moment };
}

function tookTooLong({ group, sequence }: Held, cause: unknown): LarderError {
  const detail = `The statistics of ${group.name} at commit ${sequence} were never computed, and computing them takes longer than ${LIMIT_MS / 1000} s; commits that a refresh profiled can be compared at once`;
  return new LarderError("timeout", detail, [], { cause });
}
