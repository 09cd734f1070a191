import type { ErrorIssue } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { catalogOf } from "./catalog";
import { checkReferences } from "./check-references";
import { checkViewSpine } from "./check-view-spine";
import { invalidDefinitions, type LocatedDefinition } from "./definition-files";
import { findLive } from "./definition-kinds";
import type { PlanStep } from "./definition-schema";
import { downstreamOf } from "./dependents";
import { type Described, describeAll, emptyTable } from "./describe-definitions";
import { loadCopies } from "./load-copies";
import { loadKnown } from "./load-known";
import { hashDefinition, isSameStructure, type StoredDefinition } from "./plan";

/**
 * Checks definitions against each other, against what is stored and against the engine: references exist, SQL runs and
 * gives keys, event time and features, nothing reads itself, and what reads them still runs. Definitions that change in
 * words only were checked before. Throws one `definition_invalid` with the place of every mistake.
 */
export async function checkDefinitions(
  ctx: Context,
  located: LocatedDefinition[],
  stored: StoredDefinition[],
  steps: PlanStep[],
): Promise<Described> {
  const changed = located.filter(({ definition }) => {
    const before = findLive({ live: stored, gone: [] }, definition.kind, definition.name);
    // A foreign table may have other columns now; any change of its definition is the occasion to look.
    if (definition.kind === "source" && definition.postgres && before?.hash !== hashDefinition(definition)) return true;
    return !before || !isSameStructure(before.body, definition);
  });
  const desired = located.map((item) => item.definition);
  const all = catalogOf([...stored.map((item) => item.body), ...desired], ctx.project.id, await loadCopies(ctx));
  // Nobody needs to read rows to know what SQL gives.
  for (const [name, copy] of all.copies) all.copies.set(name, { ...copy, path: null });
  const known = await loadKnown(ctx, all, { stored, desired, steps });
  requireNone(changed.flatMap((item) => checkReferences(item, known)));

  const described: Described = { reads: new Map(), columns: new Map(), origins: new Map(), changing: new Map() };
  const affected = affectedBy(changed, stored);
  for (const item of stored) if (!affected.has(item.name)) described.reads.set(item.name, item.reads);
  requireNone(await describeAll(ctx, [...affected], located, all, described));

  const readsOf = (name: string): string[] => described.reads.get(name) ?? [];
  const spines: ErrorIssue[] = [];
  for (const item of changed)
    spines.push(
      ...(await checkViewSpine(ctx.offline, item, all, { readsOf, tableOf: (name) => emptyTable(name, all) })),
    );
  requireNone(spines);
  return described;
}

function requireNone(issues: ErrorIssue[]): void {
  if (issues.length > 0) throw invalidDefinitions(issues);
}

/** Names of the sources and groups that the engine has to look at: those that change, and what is stored and reads them. */
function affectedBy(changed: LocatedDefinition[], stored: StoredDefinition[]): Set<string> {
  const isRelation = (kind: string): boolean => kind === "source" || kind === "feature_group";
  const names = changed.flatMap(({ definition }) => (isRelation(definition.kind) ? [definition.name] : []));
  const dependents = stored.map((item) => ({ id: item.name, owner: null, dependsOn: item.reads }));
  return new Set(names.flatMap((name) => [name, ...downstreamOf(dependents, name).map(({ id }) => id)]));
}
