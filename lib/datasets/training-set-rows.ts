import { authorize, may } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { TrainingSet as TrainingSetRow } from "@/lib/platform/generated/prisma/client";
import { loadRelations, personalNames, type Relations } from "@/lib/registry/personal-names";
import type { Manifest, TrainingSet } from "./training-schema";

/** A training set as everybody sees it. */
export function toTrainingSet(row: TrainingSetRow): TrainingSet {
  return {
    name: row.name,
    state: row.state as TrainingSet["state"],
    view: row.viewName,
    label: row.label,
    rowCount: row.rowCount === null ? null : Number(row.rowCount),
    byteCount: row.byteCount === null ? null : Number(row.byteCount),
    manifest: row.manifest as Manifest | null,
    runId: row.runId,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}

/** The row of a training set. Throws `training_set_not_found`. */
export async function requireTrainingSet(ctx: Context, name: string): Promise<TrainingSetRow> {
  const row = await ctx.db.trainingSet.findUnique({ where: { projectId_name: { projectId: ctx.project.id, name } } });
  if (!row)
    throw new LarderError("training_set_not_found", `There is no training set ${name} in project ${ctx.project.name}`);
  return row;
}

/**
 * The file of a training set. Throws `state_conflict` until it is READY, and `forbidden` if it holds values that are
 * personal today, or were when it was built, and the actor is no sensitive reader.
 */
export async function requireFile(ctx: Context, name: string): Promise<{ path: string; row: TrainingSetRow }> {
  const row = await requireTrainingSet(ctx, name);
  if (row.state !== "READY" || !row.path) {
    const why = row.state === "FAILED" ? "could not be built; its run says why" : "is still being built";
    throw new LarderError("state_conflict", `Training set ${name} ${why}`);
  }
  if (!may(ctx.actor, "sensitive.read")) await refusePersonal(ctx, row);
  return { path: row.path, row };
}

/** What of a training set is personal today, as audit rows name it: a joined feature, its label, or what its spine was read from. */
export function findPersonal(
  made: Pick<Manifest, "features" | "inputs"> & Partial<Pick<Manifest, "spine">>,
  relations: Relations,
): string | null {
  const marked = new Set(
    relations.groups.flatMap(({ name, version, personal }) =>
      personal.map((feature) => `${name}@${version}:${feature}`),
    ),
  );
  const { group, label } = made.spine ?? {};
  const labels = group && label ? [{ reference: `${group.name}@${group.version}:${label}` }] : [];
  const feature = [...made.features, ...labels].find(({ reference }) => marked.has(reference));
  if (feature) return `feature:${feature.reference}`;
  const names = personalNames(relations);
  const input = Object.keys(made.inputs).find((name) => names.has(name));
  if (!input) return null;
  return `${relations.sources.has(input) ? "source" : "feature_group"}:${input}`;
}

async function refusePersonal(ctx: Context, row: TrainingSetRow): Promise<void> {
  const manifest = row.manifest as Manifest;
  const found =
    findPersonal(manifest, await loadRelations(ctx.db, ctx.project.id)) ??
    (manifest.personal ? `training_set:${row.name}` : null) ??
    (manifest.personal === undefined ? await findGone(ctx, manifest) : null);
  if (found) authorize(ctx, "sensitive.read", found);
}

/** A feature that is gone: nobody can tell any more whether it was personal. */
async function findGone(ctx: Context, { features }: Manifest): Promise<string | null> {
  const groups = await ctx.db.featureGroup.findMany({
    where: { projectId: ctx.project.id, name: { in: [...new Set(features.map(({ group }) => group))] } },
    select: { name: true, version: true, features: { select: { name: true } } },
  });
  const there = new Set(
    groups.flatMap(({ name, version, features: held }) => held.map((one) => `${name}@${version}:${one.name}`)),
  );
  const gone = features.find(({ reference }) => !there.has(reference));
  return gone ? `feature:${gone.reference}` : null;
}

/** The part of a training set's split that is asked for, and the column that says so; null when none is. Throws `invalid_parameter`. */
export function requirePart(
  { split }: Pick<Manifest, "split">,
  name: string | undefined,
): { name: string; column: string } | null {
  if (name === undefined) return null;
  if (!split) throw new LarderError("invalid_parameter", "This training set is not split into parts");
  const names = split.parts.map((part) => part.name);
  if (names.includes(name)) return { name, column: split.column };
  throw new LarderError("invalid_parameter", `This training set has no part ${name}; it has ${names.join(", ")}`);
}
