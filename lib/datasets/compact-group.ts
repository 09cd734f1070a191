import { authorize } from "@/lib/access/authorize";
import type { CommittedFile, DataFile, WorkOptions } from "@/lib/engines/offline/port";
import { isLarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import type { Fence } from "@/lib/platform/runs";
import { type Committed, commitFiles } from "./commit-files";
import { type GroupWithColumns, type LoadedTable, loadTable, requireGroup } from "./load-table";
import { queueFollowUp } from "./queue-follow-up";
import { smallFiles } from "./small-files";

/** What a compaction did: how many files became one, its rows, and the newest commit afterwards. */
export type Compacted = { changed: boolean; merged: number; rowCount: number; commitSequence: number };

const TRIES = 5;

/** Files that are written as one already; `file` is null when none of their rows is visible. */
type Merge = { file: DataFile | null; definition: string; of: Map<string, string> };

/**
 * Merges the small live files of a group into one; no answer of any read changes. The merged files stay for reads at
 * earlier commits. Commits that others make meanwhile hold as well. Throws `feature_group_not_found`, and
 * `commit_conflict` when others commit faster than it can try.
 */
export async function compactGroup(
  ctx: Context,
  input: { name: string; version?: number | undefined; runId: string | null },
  options: WorkOptions & { fence?: Fence } = {},
): Promise<Compacted> {
  authorize(ctx, "history.write", `feature_group:${input.name}`);
  let merge: Merge | null = null;
  for (let attempt = 1; ; attempt++) {
    const group = await requireGroup(ctx, input);
    const loaded = await loadTable(ctx, group, group.headSequence);
    if (merge && !stillHolds(merge, group, loaded)) {
      await discard(ctx, merge);
      merge = null;
    }
    merge ??= await mergeFiles(ctx, group, loaded, options);
    if (!merge) return { changed: false, merged: 0, rowCount: 0, commitSequence: loaded.sequence };
    try {
      const { sequence } = await commitMerge(ctx, group, merge, { runId: input.runId, fence: options.fence });
      const { file, of } = merge;
      return { changed: true, merged: of.size, rowCount: file?.rowCount ?? 0, commitSequence: sequence };
    } catch (error) {
      // Only a conflict says for sure that nothing was committed; after anything else the file may be in use.
      if (!isLarderError(error) || error.code !== "commit_conflict") throw error;
      if (attempt < TRIES) continue;
      await discard(ctx, merge);
      throw error;
    }
  }
}

async function mergeFiles(
  ctx: Context,
  group: GroupWithColumns,
  { table, fileIds }: LoadedTable,
  options: WorkOptions,
): Promise<Merge | null> {
  const chosen = smallFiles(table.files);
  if (chosen.length === 0) return null;
  const files = chosen.flatMap((i) => table.files[i] ?? []);
  const file = await ctx.offline.compact(
    {
      table: { ...table, files },
      folder: `groups/${group.id}`,
      onStep: (step) => crashPoint(`append:${step}`),
    },
    options,
  );
  options.onRows?.(file?.rowCount ?? 0);
  return {
    file,
    definition: group.hash,
    of: new Map(files.map((one, i) => [fileIds[chosen[i] ?? 0] ?? "", seen(one)])),
  };
}

async function commitMerge(
  ctx: Context,
  group: GroupWithColumns,
  { file, of }: Merge,
  { runId, fence }: { runId: string | null; fence: Fence | undefined },
): Promise<Committed> {
  const head = await ctx.db.commit.findUniqueOrThrow({
    where: { groupId_sequence: { groupId: group.id, sequence: group.headSequence } },
  });
  return commitFiles(
    ctx,
    group,
    {
      mode: "compact",
      files: file ? [file] : [],
      replaces: [...of.keys()],
      liveRows: Number(head.liveRows),
      runId,
    },
    async (tx, { sequence }) => {
      await fence?.(tx);
      await queueFollowUp(ctx, tx, group, sequence);
    },
  );
}

/** What of a file is seen: a merge is only good for exactly that. */
function seen({ path, hidden = [] }: CommittedFile): string {
  return JSON.stringify([path, hidden]);
}

function stillHolds(merge: Merge, group: GroupWithColumns, { table, fileIds }: LoadedTable): boolean {
  const live = new Map(table.files.map((file, i) => [fileIds[i] ?? "", seen(file)]));
  return merge.definition === group.hash && [...merge.of].every(([id, what]) => live.get(id) === what);
}

async function discard(ctx: Context, { file }: Merge): Promise<void> {
  if (file) await ctx.offline.removeFile(file.path);
}
