import { createHash } from "node:crypto";
import { asDataFile, type GroupWithColumns, shapeOfGroup } from "@/lib/datasets/load-table";
import type { CommittedFile, Shape } from "@/lib/engines/offline/port";
import { readTables } from "@/lib/engines/online/table-notes";
import { instantOf } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import type { Materialization } from "@/lib/platform/generated/prisma/client";
import { findAhead } from "./ahead";
import { readMarks } from "./online-tables";

/** Why the rows of a group go into a new table. */
export type BuildReason = "first" | "asked" | "lost" | "columns" | "history";

/**
 * What brings the online rows of a group to its newest commit. `append`: these files are all that is missing; `build`: all
 * rows into a new table; `ahead`: the table holds commits that history does not have, and only a rebuild that was asked
 * for leaves them.
 */
export type TablePlan =
  | { kind: "none" }
  | { kind: "ahead"; mark: number }
  | { kind: "append"; files: CommittedFile[] }
  | { kind: "build"; reason: BuildReason };

/** Decides how to bring the online rows of a group to its newest commit; `current` is the table in use. */
export async function planTable(
  ctx: Pick<Context, "db" | "online">,
  group: GroupWithColumns,
  current: Materialization | null,
  rebuild: boolean,
): Promise<TablePlan> {
  if (rebuild) return { kind: "build", reason: "asked" };
  if (!current) return { kind: "build", reason: "first" };
  const [mark = null] = await readMarks(ctx.online, [current.onlineTable]);
  if (mark === null) return { kind: "build", reason: "lost" };
  const { id, headSequence } = group;
  if ((await findAhead(ctx, [{ id, headSequence, mark }])).has(id)) return { kind: "ahead", mark: mark.sequence };
  const note = (await readTables(ctx.online, id)).find(({ name }) => name === current.onlineTable);
  const shape = shapeOfGroup(group);
  if (
    JSON.stringify(current.columns) !== JSON.stringify(shape.features) ||
    (note?.build && keysOf(note.build) !== keysText(shape))
  )
    return { kind: "build", reason: "columns" };
  if (current.watermarkSequence === group.headSequence) return { kind: "none" };
  const files = await appendedSince(ctx, group, current.watermarkSequence);
  return files ? { kind: "append", files } : { kind: "build", reason: "history" };
}

/** The newest commit of a group as it is known here; null while there is none. */
export async function headCommit(
  { db }: Pick<Context, "db">,
  { id, headSequence }: Pick<GroupWithColumns, "id" | "headSequence">,
): Promise<string | null> {
  const where = { groupId_sequence: { groupId: id, sequence: headSequence } };
  return (await db.commit.findUnique({ where, select: { id: true } }))?.id ?? null;
}

/** Names what a table is built of: its keys, its columns and the newest commit. Equal names, equal rows. */
export function buildOf(shape: Shape, commitId: string | null): string {
  const rest = createHash("sha256")
    .update(JSON.stringify([shape.features, commitId]))
    .digest("hex")
    .slice(0, 16);
  return `${keysText(shape)}.${rest}`;
}

const keysText = ({ keys }: Shape): string =>
  createHash("sha256").update(JSON.stringify(keys)).digest("hex").slice(0, 16);
const keysOf = (build: string): string => build.slice(0, build.indexOf("."));

/** The files of all commits after the watermark when they only added rows, and are all there; else null. */
export async function appendedSince(
  ctx: Pick<Context, "db">,
  group: GroupWithColumns,
  watermark: number,
): Promise<CommittedFile[] | null> {
  const commits = await ctx.db.commit.findMany({
    where: { groupId: group.id, sequence: { gt: watermark, lte: group.headSequence } },
    include: { files: { orderBy: { id: "asc" } } },
    orderBy: { sequence: "asc" },
  });
  if (commits.some(({ mode, expiredAt }) => (mode !== "append" && mode !== "compact") || expiredAt !== null))
    return null;
  const appended = commits.filter(({ mode }) => mode === "append");
  if (appended.some(({ files }) => files.some(({ garbageAt }) => garbageAt !== null))) return null;
  return appended.flatMap(({ files, sequence, committedAt }) =>
    files.map((file) => ({ ...asDataFile(file), commitSequence: sequence, committedAt: instantOf(committedAt) })),
  );
}
