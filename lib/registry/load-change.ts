import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import { formatFeatureReference, parseFeatureReference } from "@/lib/kernel/names";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import type { ChangeRequest, Feature, FeatureGroup } from "@/lib/platform/generated/prisma/client";
import type { Deprecation } from "./change-schema";
import { type Move, type Moving, namedIn, refusals, type StatusOf, startsOf, type TargetStatus } from "./lifecycle";
import type { FeatureStatus, ViewSummary } from "./schema";

// Everything here reads through the client it is given, so that a transaction can decide by what it has locked.

/** A group version with its features in order. */
export type GroupVersion = FeatureGroup & { features: Feature[] };

/** What is asked for. */
export type Asked = {
  group: string;
  version?: number | undefined;
  features?: string[] | undefined;
  targetStatus: TargetStatus;
  deprecation?: Deprecation | null | undefined;
};

/** A group version and which of its features are to move; `issues` says what stands against it. */
export type Change = { group: GroupVersion; features: Feature[]; issues: ErrorIssue[] };

/** Loads what is asked for and applies the rules. Throws `feature_group_not_found`, `feature_not_found`. */
export async function loadChange(ctx: Context, db: Tx, asked: Asked): Promise<Change> {
  const group = await db.featureGroup.findFirst({
    where: {
      projectId: ctx.project.id,
      name: asked.group,
      ...(asked.version ? { version: asked.version } : { latest: true }),
    },
    include: { features: { orderBy: { position: "asc" } } },
  });
  if (!group) {
    const version = asked.version ? ` version ${asked.version}` : "";
    const detail = `There is no feature group ${asked.group}${version} in project ${ctx.project.name}`;
    throw new LarderError("feature_group_not_found", detail);
  }
  const features = pickFeatures(group, asked);
  const issues = await loadRefusals(ctx, db, { ...asked, group, features });
  if (features.length === 0) issues.unshift({ code: "transition", detail: nothingToMove(group, asked.targetStatus) });
  return { group, features, issues };
}

/** What stands against a move of these features now. */
export async function loadRefusals(
  ctx: Context,
  db: Tx,
  change: {
    group: GroupVersion;
    features: Feature[];
    targetStatus: TargetStatus;
    deprecation?: Deprecation | null | undefined;
  },
): Promise<ErrorIssue[]> {
  const { group, features, targetStatus, deprecation = null } = change;
  const parents = targetStatus === "ACTIVE" ? await loadParents(ctx, db, group) : [];
  const readers = targetStatus === "RETIRED" ? await loadReaders(ctx, db, group) : new Map<string, string[]>();
  const moving = features.map(
    (feature): Moving => ({
      reference: referenceOf(group, feature.name),
      status: feature.status as FeatureStatus,
      parents,
      readers: readers.get(feature.name) ?? [],
    }),
  );
  const move: Move = {
    target: targetStatus,
    deprecation,
    replacement: deprecation?.replacement ? await findStatus(ctx, db, deprecation.replacement) : null,
    today: ctx.clock.now().toISOString().slice(0, 10),
  };
  return refusals(moving, move);
}

/** How a feature of this group version is written: the version is named unless it is the newest. */
export function referenceOf(group: { name: string; version: number; latest: boolean }, feature: string): string {
  return formatFeatureReference({ group: group.name, version: group.latest ? null : group.version, feature });
}

/** The group version that a request is about, as it stands; null: it is gone. */
export async function loadGroupOf(db: Tx, request: Pick<ChangeRequest, "groupId">): Promise<GroupVersion | null> {
  if (request.groupId === null) return null;
  return db.featureGroup.findUnique({
    where: { id: request.groupId },
    include: { features: { orderBy: { position: "asc" } } },
  });
}

/** What stands against applying a request now. */
export async function loadRefusalsOf(
  ctx: Context,
  db: Tx,
  request: Pick<ChangeRequest, "features" | "targetStatus" | "deprecation">,
  group: GroupVersion,
): Promise<ErrorIssue[]> {
  const asked = request.features as { id: string; name: string; from: string }[];
  const byId = new Map(group.features.map((feature) => [feature.id, feature]));
  const moved = asked.flatMap(({ id, name, from }): ErrorIssue[] => {
    const status = byId.get(id)?.status;
    if (status === from) return [];
    const now = status === undefined ? "no longer exists" : `is ${status} now`;
    return [{ code: "status_moved", detail: `${referenceOf(group, name)} was ${from} and ${now}` }];
  });
  if (moved.length > 0) return moved;
  return loadRefusals(ctx, db, {
    group,
    features: asked.flatMap(({ id }) => byId.get(id) ?? []),
    targetStatus: request.targetStatus as TargetStatus,
    deprecation: request.deprecation as Deprecation | null,
  });
}

/** Open requests that name a feature which is to move: one's own give way to the newer one, those of others do not. */
export async function loadOverlaps(
  ctx: Context,
  db: Tx,
  group: GroupVersion,
  features: Feature[],
): Promise<{ own: ChangeRequest[]; foreign: ErrorIssue[] }> {
  const wanted = new Set(features.map(({ id }) => id));
  const open = await db.changeRequest.findMany({
    where: { groupId: group.id, state: "OPEN" },
    orderBy: { number: "asc" },
  });
  const overlapping = open.flatMap((request) => {
    const names = (request.features as { id: string; name: string }[]).filter(({ id }) => wanted.has(id));
    return names.length > 0 ? [{ request, names: names.map(({ name }) => referenceOf(group, name)) }] : [];
  });
  return {
    own: overlapping.flatMap(({ request }) => (request.requestedBy === ctx.actor.id ? [request] : [])),
    foreign: overlapping
      .filter(({ request }) => request.requestedBy !== ctx.actor.id)
      .map(({ request, names }) => ({
        code: "open_request",
        detail: `${names.join(", ")}: in change request ${request.number} of ${request.requestedByName}, which is still open`,
      })),
  };
}

function pickFeatures(group: GroupVersion, asked: Asked): Feature[] {
  if (!asked.features)
    return group.features.filter(({ status }) => startsOf(asked.targetStatus).includes(status as FeatureStatus));
  const wanted = new Set(asked.features);
  const features = group.features.filter(({ name }) => wanted.delete(name));
  if (wanted.size === 0) return features;
  const missing = [...wanted].map((name) => referenceOf(group, name.slice(0, 63)));
  throw new LarderError(
    "feature_not_found",
    `Version ${group.version} of ${group.name} has no feature ${[...wanted].join(", ")}`,
    missing.map((detail) => ({ code: "feature_not_found", detail })),
  );
}

function nothingToMove(group: GroupVersion, target: TargetStatus): string {
  const statuses = [...new Set(group.features.map(({ status }) => status))].join(", ");
  return `No feature of ${group.name} can become ${target}: that takes ${startsOf(target).join(" or ")}, and all are ${statuses}`;
}

/**
 * The features that the group's rows are made from: those of other groups that its SQL reads, also through SQL sources,
 * as far as it names them. SQL reads the newest version of a group.
 */
async function loadParents(ctx: Context, db: Tx, group: GroupVersion): Promise<StatusOf[]> {
  const projectId = ctx.project.id;
  const sources = new Map(
    (await db.source.findMany({ where: { projectId, kind: "sql" } })).map((source) => [source.name, source]),
  );
  type Reading = { sql: string; columns: string[] };
  const readings = new Map<string, Reading[]>();
  const seen = new Set<string>();
  const visit = (names: string[], reading: Reading): void => {
    for (const name of names) {
      const source = sources.get(name);
      if (!source) readings.set(name, [...(readings.get(name) ?? []), reading]);
      else if (!seen.has(name)) {
        seen.add(name);
        const { sql, inputs } = source.config as { sql: string; inputs: string[] };
        visit(inputs, { sql, columns: (source.columns as { name: string }[]).map((column) => column.name) });
      }
    }
  };
  const inputs = (group.inputs as { name: string }[]).map(({ name }) => name);
  visit(inputs, { sql: group.sql ?? "", columns: group.features.map(({ name }) => name) });
  const parents = await db.featureGroup.findMany({
    where: { projectId, latest: true, name: { in: [...readings.keys()] } },
    include: { features: { orderBy: { position: "asc" } } },
    orderBy: { name: "asc" },
  });
  return parents.flatMap((parent) => {
    const names = parent.features.map(({ name }) => name);
    const read = new Set((readings.get(parent.name) ?? []).flatMap(({ sql, columns }) => namedIn(sql, names, columns)));
    return parent.features
      .filter(({ name }) => read.has(name))
      .map(({ name, status }) => ({ reference: referenceOf(parent, name), status: status as FeatureStatus }));
  });
}

/** By feature name, the newest views that list it at this version and the consumers that read it. */
async function loadReaders(ctx: Context, db: Tx, group: GroupVersion): Promise<Map<string, string[]>> {
  const projectId = ctx.project.id;
  const views = await db.featureView.findMany({ where: { projectId, latest: true }, orderBy: { name: "asc" } });
  const consumers = await db.consumer.findMany({ where: { projectId }, orderBy: { name: "asc" } });
  const owned = ({ name, owner }: { name: string; owner: string | null }): string =>
    owner ? `${name} (${owner})` : name;
  return new Map(
    group.features.map((feature) => {
      const listing = views.filter((view) =>
        (view.joins as ViewSummary["joins"]).some(
          (join) => join.group === group.name && join.version === group.version && join.features.includes(feature.name),
        ),
      );
      const reading = consumers.filter(
        (consumer) =>
          consumer.features.some((reference) => isReferenceTo(reference, group, feature.name)) ||
          listing.some(({ name }) => consumer.views.includes(name)),
      );
      const told = [
        ...listing.map((view) => `feature view ${owned(view)}`),
        ...reading.map((consumer) => `consumer ${owned(consumer)}`),
      ];
      return [feature.name, told];
    }),
  );
}

function isReferenceTo(text: string, group: GroupVersion, feature: string): boolean {
  const reference = parseFeatureReference(text);
  return (
    reference.feature === feature &&
    (reference.group === null || reference.group === group.name) &&
    (reference.version === null ? group.latest : reference.version === group.version)
  );
}

/** The feature that a reference means, if exactly one. */
async function findStatus(ctx: Context, db: Tx, text: string): Promise<StatusOf | null> {
  const { group, version, feature } = parseFeatureReference(text);
  const found = await db.feature.findMany({
    where: {
      projectId: ctx.project.id,
      name: feature,
      group: { ...(group ? { name: group } : {}), ...(version ? { version } : { latest: true }) },
    },
    include: { group: true },
    take: 2,
  });
  const [only] = found;
  if (!only || found.length > 1) return null;
  return { reference: referenceOf(only.group, only.name), status: only.status as FeatureStatus };
}
