import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Done } from "@/lib/access/schema";
import { forgetGroup } from "@/lib/engines/online/table-notes";
import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { type Tx, transaction } from "@/lib/platform/db";
import { definitionNotFound, findLive, KINDS } from "./definition-kinds";
import type { DefinableKind, DefinitionName } from "./definition-schema";
import { type Dependent, dependentOf } from "./dependents";
import { endOpenRequests } from "./load-change-request";
import { loadRegistered } from "./load-definitions";
import { spineReads } from "./load-dependents";
import { loadRelations } from "./personal-names";
import type { Registered } from "./plan";
import { requireKept } from "./require-sensitive";

/**
 * Takes a definition out of the catalog; its history stays, and a later one of the same name continues it. Throws the
 * `*_not_found` of its kind, and `in_use` naming what depends on it, or the features that are not DRAFT any more, and
 * `forbidden` for a group with personal features unless the actor is a sensitive reader.
 */
export async function deleteDefinition(ctx: Context, { kind, name }: DefinitionName): Promise<Done> {
  authorize(ctx, "definition.write", `${kind}:${name}`);
  const spines = await loadSpineReads(ctx);
  const left = await transaction(ctx.db, async (tx) => {
    await tx.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
    const registered = await loadRegistered(tx, ctx.project.id);
    const stored = findLive(registered, kind, name);
    if (!stored) throw definitionNotFound(kind, name, ctx.project.name);
    requireUnused(kind, name, [
      ...readersOf(`${kind}:${name}`, registered, spines),
      ...(kind === "entity" ? await olderGroups(ctx, tx, name) : []),
      ...(kind === "feature_group" ? await beyondDraft(ctx, tx, name) : []),
    ]);
    const relations = await loadRelations(tx, ctx.project.id);
    const sources = new Map([...relations.sources].filter(([source]) => kind !== "source" || source !== name));
    const groups = relations.groups.filter((group) => kind !== "feature_group" || group.name !== name);
    requireKept(ctx, relations, { ...relations, groups, sources });
    const versions = kind === "feature_group" ? await leaveGroup(ctx, tx, name) : [];
    await remove(ctx, tx, kind, name);
    const after = versions.length > 0 ? { groupIds: versions.map(({ id }) => id) } : undefined;
    await audit(ctx, tx, { action: "definition.delete", resource: `${kind}:${name}`, before: stored.body, after });
    return versions;
  });
  // Data files of the group are orphans from here on; where they lie is in the audit row.
  for (const { id, tables } of left) {
    // The group is gone whether or not this succeeds: nothing leads to its tables any more.
    await forgetGroup(ctx.online, id, tables).catch((error: unknown) =>
      ctx.log.warn({ err: error, groupId: id, tables }, "online tables stay"),
    );
  }
  return { done: true };
}

/** What the spines of views read, as of one look; by view and revision. */
async function loadSpineReads(ctx: Context): Promise<Map<string, string[]>> {
  const { live } = await loadRegistered(ctx.db, ctx.project.id);
  const reads = await Promise.all(
    live.map(async (item) => [`${item.kind}:${item.name}@${item.revision}`, await spineReads(ctx, item)] as const),
  );
  return new Map(reads);
}

function readersOf(id: string, { live }: Registered, spines: Map<string, string[]>): ErrorIssue[] {
  const readers = live.map((item): Dependent => {
    const spine = spines.get(`${item.kind}:${item.name}@${item.revision}`);
    if (!spine)
      throw new LarderError("state_conflict", `Somebody has just changed ${item.name}; nothing was deleted, try again`);
    return dependentOf(item.body, [...item.reads, ...spine]);
  });
  return readers
    .filter((reader) => reader.id !== id && reader.dependsOn.includes(id))
    .map((reader) => issueOf(reader.id, reader.owner));
}

function issueOf(id: string, owner: string | null): ErrorIssue {
  const [kind = "", name = ""] = id.split(":");
  const word = KINDS[kind as DefinableKind]?.word ?? kind;
  return { code: kind, detail: owner ? `${word} ${name} (${owner})` : `${word} ${name}` };
}

function requireUnused(kind: DefinableKind, name: string, readers: ErrorIssue[]): void {
  if (readers.length === 0) return;
  const depend = readers.filter((reader) => reader.code !== "status").map((reader) => reader.detail);
  const moved = readers.filter((reader) => reader.code === "status").map((reader) => reader.detail);
  const reasons = [
    ...(depend.length > 0 ? [`${depend.join(", ")} ${depend.length === 1 ? "depends" : "depend"} on it`] : []),
    ...(moved.length > 0 ? [`only groups whose features are all DRAFT can go, and ${moved.join(", ")}`] : []),
  ];
  const detail = `The ${KINDS[kind].word} ${name} cannot be deleted: ${reasons.join("; ")}`;
  throw new LarderError("in_use", detail, readers);
}

/** Versions of groups that describe an entity though the newest definition does not any more; their data stays theirs. */
async function olderGroups(ctx: Context, tx: Tx, entity: string): Promise<ErrorIssue[]> {
  const rows = await tx.featureGroup.findMany({
    where: { projectId: ctx.project.id, entity: { name: entity }, latest: false },
    orderBy: [{ name: "asc" }, { version: "asc" }],
  });
  return rows.map((row) => issueOf(`feature_group:${row.name}@${row.version}`, row.owner));
}

async function beyondDraft(ctx: Context, tx: Tx, group: string): Promise<ErrorIssue[]> {
  const rows = await tx.feature.findMany({
    where: { projectId: ctx.project.id, group: { name: group }, status: { not: "DRAFT" } },
    include: { group: { select: { version: true } } },
    orderBy: [{ group: { version: "asc" } }, { position: "asc" }],
  });
  return rows.map((row) => ({ code: "status", detail: `${group}@${row.group.version}:${row.name} is ${row.status}` }));
}

/** Ends what waits for the group, and answers its versions with the online tables that nobody will read any more. */
async function leaveGroup(ctx: Context, tx: Tx, name: string): Promise<{ id: string; tables: string[] }[]> {
  await endOpenRequests(ctx, tx, { groupName: name }, `${ctx.actor.name} deleted the feature group`);
  const groups = await tx.featureGroup.findMany({
    where: { projectId: ctx.project.id, name },
    select: { id: true, materialization: { select: { onlineTable: true } } },
  });
  return groups.map(({ id, materialization }) => ({
    id,
    tables: materialization ? [materialization.onlineTable] : [],
  }));
}

async function remove(ctx: Context, tx: Tx, kind: DefinableKind, name: string): Promise<void> {
  const where = { projectId: ctx.project.id, name };
  if (kind === "entity") await tx.entity.deleteMany({ where });
  else if (kind === "source") await tx.source.deleteMany({ where });
  else if (kind === "feature_group") await tx.featureGroup.deleteMany({ where });
  else if (kind === "feature_view") await tx.featureView.deleteMany({ where });
  else await tx.consumer.deleteMany({ where });
}
