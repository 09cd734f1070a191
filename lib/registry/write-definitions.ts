import { audit } from "@/lib/access/audit";
import { canonicalJson } from "@/lib/kernel/canonical-json";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, type Tx, transaction } from "@/lib/platform/db";
import { checkDefinitions } from "./check-definitions";
import type { LocatedDefinition } from "./definition-files";
import { findLive, KIND_ORDER } from "./definition-kinds";
import type { Definition, PlanStep } from "./definition-schema";
import { dependentOf, downstreamOf, relatedTo, relationIds } from "./dependents";
import type { Described } from "./describe-definitions";
import { endOpenRequests } from "./load-change-request";
import { loadRegistered } from "./load-definitions";
import { loadDependents } from "./load-dependents";
import { hashDefinition, planDefinitions, type Registered, type StoredDefinition } from "./plan";
import { requireSensitive } from "./require-sensitive";
import { storeDefinition } from "./store-definition";
import { storeOrigins } from "./store-origins";

/** What is asked for. `desire` answers the definitions given what is registered now, or throws; it may be asked again. */
export type Wish = {
  dryRun: boolean;
  desire(registered: Registered): LocatedDefinition[] | Promise<LocatedDefinition[]>;
};

/** Definitions that were checked against what was registered, and what writing them means. */
type Prepared = {
  registered: Registered;
  located: LocatedDefinition[];
  steps: PlanStep[];
  described: Described;
};

const ATTEMPTS = 5;

class Stale extends Error {}

/**
 * The one way definitions enter the catalog: check, plan, and write, all or nothing. Who is overtaken by somebody else's
 * change to what they touch is checked again from the start. Throws `definition_invalid`, `forbidden` for letting go of what
 * is personal, and what `desire` throws.
 */
export async function writeDefinitions(ctx: Context, wish: Wish): Promise<PlanStep[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const registered = await loadRegistered(ctx.db, ctx.project.id);
    const prepared = await prepare(ctx, registered, await wish.desire(registered));
    if (wish.dryRun || prepared.steps.every((step) => step.action === "unchanged")) return prepared.steps;
    try {
      await transaction(ctx.db, (tx) => write(ctx, tx, prepared));
      return prepared.steps;
    } catch (error) {
      if (!(error instanceof Stale) && !isUniqueViolation(error)) throw error;
    }
  }
  throw new LarderError("state_conflict", "Others keep changing the same definitions; nothing was changed, try again");
}

async function prepare(ctx: Context, registered: Registered, located: LocatedDefinition[]): Promise<Prepared> {
  const steps = planDefinitions(
    registered,
    located.map((item) => item.definition),
  );
  const described = await checkDefinitions(ctx, located, registered.live, steps);
  const changed = changedOf(located, steps);
  await requireSensitive(ctx, { registered, changed, reads: described.reads });
  if (!steps.some((step) => step.action === "change"))
    return { registered, located, steps: withWarnings(steps, described), described };
  const dependents = await loadDependents(ctx, registered.live);
  const told = steps.map((step) =>
    step.action === "change" ? { ...step, downstream: downstreamOf(dependents, `${step.kind}:${step.name}`) } : step,
  );
  return { registered, located, steps: withWarnings(told, described), described };
}

/** Says of SQL that gives other rows each time that it does. */
function withWarnings(steps: PlanStep[], { changing }: Described): PlanStep[] {
  return steps.map((step) => {
    const found = step.action === "unchanged" ? [] : (changing.get(step.name) ?? []);
    if (found.length === 0) return step;
    const detail = `${found.join(", ")} gives something else each time, so the same inputs do not give the same rows`;
    return { ...step, warnings: [{ code: "non_deterministic", detail }] };
  });
}

async function write(ctx: Context, tx: Tx, { registered, located, steps, described }: Prepared): Promise<void> {
  // The lock of whoever writes definitions: what is read from here on stays as it is.
  await tx.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
  const changed = changedOf(located, steps);
  const mine = changed.map(({ definition }) => ({
    body: definition,
    reads: described.reads.get(definition.name) ?? [],
  }));
  if (isOvertaken(registered, await loadRegistered(tx, ctx.project.id), mine)) throw new Stale();
  changed.sort((a, b) => KIND_ORDER.indexOf(a.step.kind) - KIND_ORDER.indexOf(b.step.kind));
  for (const { step, definition } of changed) {
    const before = findLive(registered, step.kind, step.name);
    const last = before ?? findLive({ live: registered.gone, gone: [] }, step.kind, step.name);
    const revision = (last?.revision ?? 0) + 1;
    await storeDefinition(ctx, tx, {
      definition,
      hash: hashDefinition(definition),
      version: step.version,
      revision,
      reads: described.reads.get(definition.name) ?? [],
      columns: described.columns.get(definition.name) ?? null,
    });
    if (step.kind === "feature_group") {
      // What was asked for the definition as it was is not decided for the definition as it is.
      const why = `${ctx.actor.name} changed the definition; it is at revision ${revision} now`;
      await endOpenRequests(ctx, tx, { groupName: step.name, groupVersion: step.version }, why);
    }
    await audit(ctx, tx, {
      action: `definition.${step.action}`,
      resource: `${step.kind}:${step.name}`,
      ...(before ? { before: before.body } : {}),
      after: definition,
    });
  }
  for (const [name, origins] of described.origins) await storeOrigins(tx, ctx.project.id, name, origins);
}

function changedOf(located: LocatedDefinition[], steps: PlanStep[]): { step: PlanStep; definition: Definition }[] {
  return located.flatMap(({ definition }, index) => {
    const step = steps[index];
    return step && step.action !== "unchanged" ? [{ step, definition }] : [];
  });
}

/** Whether anything that these definitions are, read or are read by has changed since it was looked at. */
function isOvertaken(then: Registered, now: Registered, mine: Pick<StoredDefinition, "body" | "reads">[]): boolean {
  const marksOf = ({ live, gone }: Registered): Map<string, string> =>
    new Map(
      [...live, ...gone].map((item) => [
        `${item.kind}:${item.name}`,
        canonicalJson([item.revision, live.includes(item)]),
      ]),
    );
  const [old, fresh] = [marksOf(then), marksOf(now)];
  const moved = [...new Set([...old.keys(), ...fresh.keys()])].filter((id) => old.get(id) !== fresh.get(id));
  if (moved.length === 0) return false;
  const all = [...then.live, ...now.live, ...mine].map((item) => dependentOf(item.body, item.reads));
  const own = mine.flatMap(({ body }) => [
    `${body.kind}:${body.name}`,
    ...(isRelation(body.kind) ? relationIds(body.name) : []),
  ]);
  const related = relatedTo(all, own);
  return moved.some((id) => related.has(id));
}

const isRelation = (kind: string): boolean => kind === "source" || kind === "feature_group";
