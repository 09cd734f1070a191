import type { Context } from "@/lib/platform/context";
import type { LastRead } from "@/lib/registry/summarize-sources";
import { fingerprint } from "./load-inputs";
import { loadTable, requireGroup } from "./load-table";

/**
 * Fingerprints of what SQL reads as they are known, without reading a file: what the last run saw of sources, and the newest
 * commits of groups. The same as those of `loadInputs` while nothing has changed since; null where no run has looked yet.
 */
export async function loadKnownPrints(ctx: Context, names: string[]): Promise<Record<string, string | null>> {
  const sources = await ctx.db.source.findMany({ where: { projectId: ctx.project.id } });
  const known: Record<string, string | null> = {};
  for (const name of names) {
    const source = sources.find((one) => one.name === name);
    known[name] = source
      ? ((source.lastRead as LastRead | null)?.fingerprint ?? null)
      : fingerprint((await loadTable(ctx, await requireGroup(ctx, { name }))).contentId);
  }
  return known;
}
