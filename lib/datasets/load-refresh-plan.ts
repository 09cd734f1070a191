import { LarderError } from "@/lib/kernel/errors";
import type { RunNode } from "@/lib/kernel/run";
import type { Db, Tx } from "@/lib/platform/db";
import { orderOfWork } from "./order-of-work";

type Project = { id: string; name: string };

/** What a refresh works on: the groups wanted (all by default), and one node for each step, in order. */
export type RefreshPlan = { groups: string[]; nodes: Pick<RunNode, "id" | "label">[] };

/**
 * What bringing groups up to date takes: what they read first, then their SQL, statistics and online values. The rows of a
 * written group are there already. Throws `feature_group_not_found`.
 */
export async function loadRefreshPlan(
  db: Db | Tx,
  project: Project,
  wanted: string[] | undefined,
): Promise<RefreshPlan> {
  const where = { projectId: project.id };
  const sources = await db.source.findMany({ where, select: { name: true, config: true }, orderBy: { name: "asc" } });
  const groups = await db.featureGroup.findMany({
    where: { ...where, latest: true },
    select: { name: true, inputs: true, online: true, sql: true },
    orderBy: { id: "asc" },
  });
  const names = wanted ?? groups.map((group) => group.name);
  const missing = names.find((name) => !groups.some((group) => group.name === name));
  if (missing)
    throw new LarderError("feature_group_not_found", `There is no feature group ${missing} in project ${project.name}`);
  const steps = orderOfWork(
    names,
    new Map(sources.map((source) => [source.name, (source.config as { inputs?: string[] }).inputs ?? []])),
    new Map(groups.map((group) => [group.name, (group.inputs as { name: string }[]).map((item) => item.name)])),
  );
  const byName = new Map(groups.map((group) => [group.name, group]));
  const nodes = steps.flatMap(({ kind, name }) => {
    if (kind === "source") return [{ id: `source:${name}`, label: `Read source ${name}` }];
    const group = byName.get(name);
    return [
      ...(group?.sql === null ? [] : [{ id: `feature_group:${name}`, label: `Compute ${name}` }]),
      ...followUpNodes({ name, online: group?.online === true }),
    ];
  });
  return { groups: names, nodes };
}

/** What follows new rows of a group. */
export function followUpNodes({ name, online }: { name: string; online: boolean }): RefreshPlan["nodes"] {
  return [
    { id: `profile:${name}`, label: `Profile ${name}` },
    ...(online ? [{ id: `materialize:${name}`, label: `Materialize ${name}` }] : []),
  ];
}
