import { authorize } from "@/lib/access/authorize";
import { rowSchema } from "@/lib/compute/online-row";
import { loadTable, requireGroup } from "@/lib/datasets/load-table";
import type { LatestRow, Table } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { RunReporter } from "@/lib/platform/runs";
import { addVerdict, type Terms, withValuesOf } from "./parity";
import { HashSet, hashOf, keyText, sampleOffline, sampleOnline } from "./parity-keys";
import type { ParityCheckInput, ParityReport } from "./schema";

type Side = { terms: Terms; onlineTable: string; table: Table };

const ATTEMPTS = 3;
const CHUNK = 1000;

/**
 * Compares the online rows of a group with what history says as of the watermark, and keeps what was found. Rows that are
 * put online meanwhile count as newer. Throws `state_conflict` for a group that was never materialized, and
 * `commit_conflict` when readers were moved to another table again and again.
 */
export async function compareOnline(
  ctx: Context,
  input: ParityCheckInput & { runId: string; requestedBy: string },
  report: RunReporter,
): Promise<Record<string, unknown>> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  return report.node("parity", async (onRows) => {
    const group = await requireGroup(ctx, { name: input.name });
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = await ctx.db.materialization.findUnique({ where: { groupId: group.id } });
      if (!before)
        throw new LarderError("state_conflict", `${group.name} was never materialized; there is nothing to compare`);
      const { table } = await loadTable(ctx, group, before.watermarkSequence, true);
      const columns = before.columns as Column[];
      const places = table.shape.features.map((feature) =>
        columns.findIndex(({ name, type }) => name === feature.name && type === feature.type),
      );
      const features = table.shape.features.flatMap(({ name }, offline) => {
        const personal = group.features.find((feature) => feature.name === name)?.sensitivity === "personal";
        return places[offline] === -1 ? [] : [{ name, personal, offline, online: places[offline] ?? 0 }];
      });
      const terms = { watermark: before.watermarkSequence, online: rowSchema(columns), features };
      const side: Side = { terms, onlineTable: before.onlineTable, table };
      const found = await compare(ctx, side, input, { signal: report.signal, onRows });
      const after = await ctx.db.materialization.findUnique({ where: { groupId: group.id } });
      // The rows of a table that readers have left go away while one looks at them.
      if (after?.onlineTable !== before.onlineTable) continue;
      const id = newId("par");
      await transaction(ctx.db, async (tx) => {
        await report.fence(tx);
        const { runId, requestedBy: createdBy } = input;
        const kept = withValuesOf(found, await loadUnmarked(tx, group.id));
        const row = { id, groupId: group.id, watermarkSequence: terms.watermark, report: kept, runId, createdBy };
        await tx.parityCheck.create({ data: { ...row, checkedAt: ctx.clock.now() } });
      });
      const wrong = found.mismatched + found.missing + found.extra;
      if (wrong > 0) report.log("warn", `${wrong} of ${found.checked} keys are not as history says`);
      const { examples: _, ...counts } = found;
      return {
        parityCheck: id,
        ...counts,
        rows: found.checked,
        detail: wrong > 0 ? `${wrong} keys differ` : "all as history says",
      };
    }
    throw new LarderError("commit_conflict", `${input.name} is being materialized all the time; try again`);
  });
}

/** The features that are not personal, as of now: one may have been marked while rows were compared. */
async function loadUnmarked(tx: Tx, groupId: string): Promise<Set<string>> {
  const features = await tx.feature.findMany({ where: { groupId }, select: { name: true, sensitivity: true } });
  return new Set(features.filter(({ sensitivity }) => sensitivity !== "personal").map(({ name }) => name));
}

type Watch = { signal: AbortSignal; onRows: (rows: number) => void };

async function compare(ctx: Context, side: Side, input: ParityCheckInput, watch: Watch): Promise<ParityReport> {
  const { sample, seed, keys } = input;
  const counts = { checked: 0, equal: 0, newer: 0, mismatched: 0, missing: 0, extra: 0 };
  const report: ParityReport = { sample: keys ? null : sample, seed, ...counts, examples: [] };
  if (keys) await compareKeys(ctx, side, report, keys, watch);
  else if (sample === "all") await compareAll(ctx, side, report, watch);
  else {
    const given = { sample, seed, signal: watch.signal };
    const chosen = [
      ...(await sampleOffline(ctx, side.table, given)),
      ...(await sampleOnline(ctx, side.onlineTable, given)),
    ];
    const different = new Map(chosen.map((key) => [keyText(key), key]));
    await compareKeys(ctx, side, report, [...different.values()], watch);
  }
  return report;
}

async function compareKeys(
  ctx: Context,
  side: Side,
  report: ParityReport,
  keys: Value[][],
  watch: Watch,
): Promise<void> {
  for (let at = 0; at < keys.length; at += CHUNK) {
    const chunk = keys.slice(at, at + CHUNK);
    const offline = new Map<string, LatestRow>();
    for await (const rows of ctx.offline.latest({ table: side.table, keys: chunk }, { signal: watch.signal }))
      for (const row of rows) offline.set(keyText(row.keys), row);
    const online = await ctx.online.getMany(side.onlineTable, chunk);
    for (const [i, key] of chunk.entries())
      addVerdict(report, side.terms, { key, online: online[i] ?? null, offline: offline.get(keyText(key)) ?? null });
    watch.onRows(report.checked);
  }
}

/** Every key of history is looked up online; then every key online that history did not have is looked up in history. */
async function compareAll(ctx: Context, side: Side, report: ParityReport, watch: Watch): Promise<void> {
  const known = new HashSet();
  for await (const rows of ctx.offline.latest({ table: side.table }, { signal: watch.signal })) {
    const online = await ctx.online.getMany(
      side.onlineTable,
      rows.map(({ keys }) => keys),
    );
    for (const [i, row] of rows.entries()) {
      known.add(hashOf("", row.keys));
      addVerdict(report, side.terms, { key: row.keys, online: online[i] ?? null, offline: row });
    }
    watch.onRows(report.checked);
  }
  for await (const chunk of ctx.online.scan(side.onlineTable)) {
    watch.signal.throwIfAborted();
    const unknown = chunk.filter(({ key }) => !known.has(hashOf("", key)));
    for (const { key, row } of unknown) addVerdict(report, side.terms, { key, online: row, offline: null });
  }
}
