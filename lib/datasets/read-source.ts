import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import type { LastRead } from "@/lib/registry/summarize-sources";
import { loadInputs } from "./load-inputs";

/** Reads a source once through: it is there, it can be read, and this many rows are in it. Remembers what was seen. */
export async function readSource(
  ctx: Context,
  input: { name: string },
): Promise<{ changed: boolean; rowCount: number }> {
  authorize(ctx, "run.start", `source:${input.name}`);
  const source = await ctx.db.source.findUnique({
    where: { projectId_name: { projectId: ctx.project.id, name: input.name } },
  });
  if (!source)
    throw new LarderError("source_not_found", `There is no source ${input.name} in project ${ctx.project.name}`);
  const { inputs, fingerprints } = await loadInputs(ctx, [input.name]);
  const print = fingerprints[input.name] ?? "";
  const before = source.lastRead as LastRead | null;
  if (before?.fingerprint === print) return { changed: false, rowCount: before.rowCount };
  const { rows } = await ctx.offline.query({
    query: { sql: `SELECT count(*) AS n FROM "${input.name}"`, inputs },
    limit: 1,
  });
  const rowCount = Number(rows[0]?.[0] ?? 0);
  const lastRead: LastRead = { fingerprint: print, rowCount, readAt: ctx.clock.now().toISOString() };
  await transaction(ctx.db, async (tx) => {
    await tx.source.update({ where: { id: source.id }, data: { lastRead } });
    await audit(ctx, tx, { action: "source.read", resource: `source:${input.name}`, after: lastRead });
  });
  return { changed: true, rowCount };
}
