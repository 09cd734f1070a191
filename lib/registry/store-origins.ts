import type { ColumnOrigin } from "@/lib/engines/offline/port";
import type { Prisma, Tx } from "@/lib/platform/db";
import { madeFromOf } from "./column-lineage";
import type { SourceConfig } from "./summarize-sources";

/** Keeps what the columns of a SQL source, or the features of a group, are made from; null: its rows come from no SQL. */
export async function storeOrigins(
  tx: Tx,
  projectId: string,
  name: string,
  origins: ColumnOrigin[] | null,
): Promise<void> {
  const group = await tx.featureGroup.findFirst({ where: { projectId, name, latest: true }, select: { id: true } });
  if (group) {
    const json = JSON.stringify(Object.fromEntries(madeFromOf(origins ?? [])));
    // One statement, however wide the group is.
    await tx.$executeRaw`UPDATE "Feature" SET "madeFrom" = ${json}::jsonb -> name WHERE "groupId" = ${group.id}`;
    return;
  }
  const source = await tx.source.findUnique({ where: { projectId_name: { projectId, name } } });
  if (!source || !origins) return;
  const config: SourceConfig = { ...(source.config as SourceConfig), origins };
  await tx.source.update({ where: { id: source.id }, data: { config: config as Prisma.InputJsonValue } });
}
