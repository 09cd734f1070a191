import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { ViewSummary } from "@/lib/registry/schema";
import { requireCommit, requireGroup } from "./load-table";
import { holdGroups, toSnapshot } from "./snapshot-rows";
import type { CreateSnapshot, Snapshot, SnapshotItem } from "./snapshot-schema";

type Subject = Pick<Snapshot, "kind" | "subject" | "version"> & { items: SnapshotItem[] };

/**
 * Names what a group holds at a commit, or what every group of a view holds now; no data is copied. What a snapshot points
 * to stays readable until the snapshot is deleted. Throws `already_exists`, `commit_not_found`, `commit_expired`, and
 * `state_conflict` for a group without commits.
 */
export async function createSnapshot(ctx: Context, input: CreateSnapshot): Promise<Snapshot> {
  authorize(ctx, "snapshot.write", `snapshot:${input.name}`);
  const subject = input.featureView ? await viewOf(ctx, input) : await groupOf(ctx, input);
  try {
    const row = await transaction(ctx.db, async (tx) => {
      await holdGroups(
        tx,
        subject.items.map((item) => item.groupId),
      );
      for (const { groupId, group, sequence } of subject.items) {
        const commit = await tx.commit.findUnique({ where: { groupId_sequence: { groupId, sequence } } });
        const { headSequence } = await tx.featureGroup.findUniqueOrThrow({ where: { id: groupId } });
        requireCommit({ name: group, headSequence }, sequence, commit ?? undefined);
      }
      const created = await tx.snapshot.create({
        data: {
          id: newId("snp"),
          projectId: ctx.project.id,
          name: input.name,
          description: input.description,
          ...subject,
          createdBy: ctx.actor.id,
          createdAt: ctx.clock.now(),
        },
      });
      await audit(ctx, tx, {
        action: "snapshot.create",
        resource: `snapshot:${input.name}`,
        after: { kind: subject.kind, subject: subject.subject, version: subject.version, items: subject.items },
      });
      return created;
    });
    return toSnapshot(row, await loadActorNames(ctx.db, [row.createdBy]));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const detail = `There is a snapshot ${input.name} already; snapshots never change, choose another name`;
    throw new LarderError("already_exists", detail, [], { cause: error });
  }
}

async function groupOf(ctx: Context, input: CreateSnapshot): Promise<Subject> {
  const group = await requireGroup(ctx, { name: input.featureGroup ?? "", version: input.version });
  const sequence = input.commit ?? group.headSequence;
  if (sequence === 0) throw empty(group.name);
  const item = { groupId: group.id, group: group.name, version: group.version, sequence };
  return { kind: "feature_group", subject: group.name, version: group.version, items: [item] };
}

async function viewOf(ctx: Context, input: CreateSnapshot): Promise<Subject> {
  const name = input.featureView ?? "";
  const version = input.version ? { version: input.version } : { latest: true };
  const view = await ctx.db.featureView.findFirst({ where: { projectId: ctx.project.id, name, ...version } });
  if (!view)
    throw new LarderError(
      "feature_view_not_found",
      `There is no feature view ${name}${input.version ? ` version ${input.version}` : ""} in project ${ctx.project.name}`,
    );
  const items = new Map<string, SnapshotItem>();
  for (const join of view.joins as ViewSummary["joins"]) {
    const group = await requireGroup(ctx, { name: join.group, version: join.version });
    if (group.headSequence === 0) throw empty(group.name);
    const item = { groupId: group.id, group: group.name, version: group.version, sequence: group.headSequence };
    items.set(group.id, item);
  }
  return { kind: "feature_view", subject: name, version: view.version, items: [...items.values()] };
}

function empty(group: string): LarderError {
  return new LarderError("state_conflict", `Feature group ${group} has no commit yet; there is nothing to point to`);
}
