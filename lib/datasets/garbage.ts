import type { StoredFile } from "@/lib/engines/offline/port";
import { instantOf } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { loadNamedUploads, loadStored, type NamedFile } from "./load-stored";

/** How long what nothing needs any more stays, for readers and for second thoughts. */
export const GRACE_MS = 24 * 60 * 60_000;

export type Unneeded = { path: string; bytes: number; why: "garbage" | "unfinished" | "orphan" };

/** The instant before which something must have been left to be removed: a day ago, and before any run that still works began. */
export async function removalLimit(ctx: Context): Promise<Date> {
  const oldest = await ctx.db.run.findFirst({
    where: { state: "RUNNING", kind: { not: "collect_garbage" }, startedAt: { not: null } },
    orderBy: { startedAt: "asc" },
    select: { startedAt: true },
  });
  const graceful = ctx.clock.now().getTime() - GRACE_MS;
  return new Date(Math.min(graceful, oldest?.startedAt?.getTime() ?? graceful));
}

/** Files of the project's folders and uploads that nothing in the database names, whatever their age. */
export async function findOrphans(
  ctx: Context,
  stored: { files: NamedFile[]; folders: string[] },
): Promise<StoredFile[]> {
  const named = new Set(stored.files.map((file) => file.path));
  const uploads = await loadNamedUploads(ctx);
  const found: StoredFile[] = [];
  for (const folder of stored.folders)
    found.push(...(await ctx.offline.listFiles(folder)).filter((file) => !named.has(file.path)));
  for (const file of await ctx.offline.listUploads(ctx.project.id))
    if (!uploads.has(file.path.split("/").at(-1) ?? "")) found.push(file);
  return found;
}

/** What may be removed before `limit`: files that are garbage, what interrupted writes left, and orphans if asked for. */
export async function findGarbage(ctx: Context, limit: Date, includeOrphans: boolean): Promise<Unneeded[]> {
  const stored = await loadStored(ctx);
  const before = instantOf(limit);
  const unneeded: Unneeded[] = stored.files.flatMap(({ path, byteCount, garbageAt, live }) =>
    garbageAt !== null && garbageAt < limit && !live ? [{ path, bytes: byteCount ?? 0, why: "garbage" as const }] : [],
  );
  const leftOver = (why: Unneeded["why"], files: StoredFile[]): void => {
    for (const { path, byteCount, modifiedAt } of files)
      if (modifiedAt < before) unneeded.push({ path, bytes: byteCount, why });
  };
  leftOver("unfinished", await ctx.offline.listFiles("staging"));
  if (includeOrphans) leftOver("orphan", await findOrphans(ctx, stored));
  return unneeded;
}
