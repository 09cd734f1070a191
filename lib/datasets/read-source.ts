import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import type { Source } from "@/lib/platform/generated/prisma/client";
import { requireConnection } from "@/lib/platform/source-connection";
import type { SourceDefinition } from "@/lib/registry/definition-schema";
import { tableOf } from "@/lib/registry/load-copies";
import type { LastRead } from "@/lib/registry/summarize-sources";
import { copySource } from "./copy-source";
import { loadInputs } from "./load-inputs";

type Read = { changed: boolean; rowCount: number };
type Options = { signal?: AbortSignal; onRows?: (rows: number) => void };

/**
 * Reads a source once through: it is there, it can be read, and this many rows are in it. Remembers what was seen, and of a
 * foreign table keeps a copy. Throws `source_not_found`, `schema_mismatch`, `unreadable_file`, `dependency_unavailable`.
 */
export async function readSource(ctx: Context, input: { name: string }, options: Options = {}): Promise<Read> {
  authorize(ctx, "run.start", `source:${input.name}`);
  const source = await ctx.db.source.findUnique({
    where: { projectId_name: { projectId: ctx.project.id, name: input.name } },
  });
  if (!source)
    throw new LarderError("source_not_found", `There is no source ${input.name} in project ${ctx.project.name}`);
  if (source.kind === "postgres") return readForeign(ctx, source, options);
  const { inputs, fingerprints } = await loadInputs(ctx, [input.name]);
  const print = fingerprints[input.name] ?? "";
  const before = source.lastRead as LastRead | null;
  if (before?.fingerprint === print) return { changed: false, rowCount: before.rowCount };
  const { rows } = await ctx.offline.query({
    query: { sql: `SELECT count(*) AS n FROM "${input.name}"`, inputs },
    limit: 1,
  });
  const rowCount = Number(rows[0]?.[0] ?? 0);
  await remember(ctx, source, { fingerprint: print, rowCount, readAt: ctx.clock.now().toISOString() });
  return { changed: true, rowCount };
}

async function readForeign(ctx: Context, source: Source, options: Options): Promise<Read> {
  const { name } = source;
  // Who may not read what the copy holds may not make it either.
  await loadInputs(ctx, [name], { fingerprints: false, unread: "empty" });
  const config = source.config as NonNullable<SourceDefinition["postgres"]>;
  const columns = source.columns as Column[];
  const connection = requireConnection(config.connection);
  const { path, fingerprint, rowCount } = await copySource(
    ctx,
    { name, connection, table: config.table, columns },
    options,
  );
  const before = source.lastRead as LastRead | null;
  const copy = { table: tableOf(config), columns, path };
  if (before?.fingerprint === fingerprint && before.copy?.table === copy.table) {
    await ctx.offline.removeUpload(path);
    return { changed: false, rowCount };
  }
  try {
    await remember(ctx, source, { fingerprint, rowCount, readAt: ctx.clock.now().toISOString(), copy });
  } catch (error) {
    await ctx.offline.removeUpload(path);
    throw error;
  }
  if (before?.copy) await ctx.offline.removeUpload(before.copy.path);
  return { changed: true, rowCount };
}

/** Keeps what was seen, unless somebody saw something else, or another source in its place, in the meantime. */
async function remember(ctx: Context, { id, name, revision }: Source, lastRead: LastRead): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const kept = await tx.source.updateMany({ where: { id, revision }, data: { lastRead } });
    if (kept.count === 0)
      throw new LarderError("commit_conflict", `Source ${name} was changed while it was read; read it again`);
    const { fingerprint, rowCount, readAt } = lastRead;
    await audit(ctx, tx, {
      action: "source.read",
      resource: `source:${name}`,
      after: { fingerprint, rowCount, readAt },
    });
  });
}
