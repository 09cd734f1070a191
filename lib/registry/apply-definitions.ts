import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, type Tx, transaction } from "@/lib/platform/db";
import { checkDefinitions } from "./check-definitions";
import { invalidDefinitions, type LocatedDefinition, parseDefinitionFiles } from "./definition-files";
import type { ApplyDefinitions, Plan, PlanStep } from "./definition-schema";
import { loadDefinitions } from "./load-definitions";
import { canonicalJson, hashDefinition, planDefinitions, type StoredDefinition } from "./plan";
import { storeDefinition } from "./store-definition";

/**
 * Brings the catalog to what the files say, all or nothing, and answers the plan of it; with `dryRun` only the plan.
 * The same files again change nothing. Throws `definition_invalid` with file, line and reason of every mistake.
 */
export async function applyDefinitions(ctx: Context, input: ApplyDefinitions): Promise<Plan> {
  authorize(ctx, "definition.write", `project:${ctx.project.name}`);
  const located = parseDefinitionFiles(input.files);
  const foreign = located.find(
    (item) => item.definition.kind === "project" && item.definition.name !== ctx.project.name,
  );
  if (foreign) {
    const detail = `these files define project ${foreign.definition.name}, but the project in use is ${ctx.project.name}`;
    throw invalidDefinitions([{ code: "other_project", file: foreign.file, line: foreign.line, detail }]);
  }
  const stored = await loadDefinitions(ctx);
  const described = await checkDefinitions(
    ctx.offline,
    located,
    stored.map((item) => item.body),
  );
  const definitions = located.map((item) => item.definition);
  const steps = planDefinitions(stored, definitions);
  const wrong = located.flatMap((item) => [...versionsMissing(item, stored, steps), ...keysMoved(item, stored)]);
  if (wrong.length > 0) throw invalidDefinitions(wrong);
  if (input.dryRun || steps.every((step) => step.action === "unchanged")) return { steps, applied: !input.dryRun };

  const write = async (tx: Tx): Promise<void> => {
    // Two appliers at once: the second waits here, then its plan is stale and its revision number is taken.
    await tx.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
    const order = ["project", "entity", "source", "feature_group", "feature_view"];
    const changed = steps.flatMap((step, index) => {
      const definition = definitions[index];
      return definition && step.action !== "unchanged" ? [{ step, definition }] : [];
    });
    changed.sort((a, b) => order.indexOf(a.step.kind) - order.indexOf(b.step.kind));
    for (const { step, definition } of changed) {
      const before = stored.find((item) => item.kind === step.kind && item.name === step.name);
      await storeDefinition(ctx, tx, {
        definition,
        hash: hashDefinition(definition),
        version: step.version,
        revision: (before?.revision ?? 0) + 1,
        reads: described.reads.get(definition.name) ?? [],
        columns: described.columns.get(definition.name) ?? [],
      });
      await audit(ctx, tx, {
        action: `definition.${step.action}`,
        resource: `${step.kind}:${step.name}`,
        ...(before ? { before: before.body } : {}),
        after: definition,
      });
    }
  };
  try {
    await transaction(ctx.db, write);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const detail = "Somebody else applied definitions at the same time; nothing was changed, apply them again";
    throw new LarderError("state_conflict", detail, [], { cause: error });
  }
  return { steps, applied: true };
}

/** Versions of groups that a view pins and that do not exist, not even after this plan. */
function versionsMissing(item: LocatedDefinition, stored: StoredDefinition[], steps: PlanStep[]): ErrorIssue[] {
  const { definition, file, line } = item;
  if (definition.kind !== "feature_view") return [];
  return definition.joins.flatMap(({ group, version = 1 }) => {
    const of = (candidate: { kind: string; name: string }): boolean =>
      candidate.kind === "feature_group" && candidate.name === group;
    const newest = steps.find(of)?.version ?? stored.find(of)?.version ?? 0;
    if (version <= newest) return [];
    const detail = `view ${definition.name} joins version ${version} of ${group}, whose newest is ${newest}`;
    return [{ code: "feature_group_not_found", file, line, detail }];
  });
}

/** Join keys of an entity that has groups do not change: the groups' data, offline and online, is laid out by them. */
function keysMoved({ definition, file, line }: LocatedDefinition, stored: StoredDefinition[]): ErrorIssue[] {
  if (definition.kind !== "entity") return [];
  const before = stored.find((item) => item.kind === "entity" && item.name === definition.name)?.body;
  if (before?.kind !== "entity" || canonicalJson(before.joinKeys) === canonicalJson(definition.joinKeys)) return [];
  const groups = stored.flatMap(({ body }) =>
    body.kind === "feature_group" && body.entity === definition.name ? [body.name] : [],
  );
  if (groups.length === 0) return [];
  const detail = `entity ${definition.name}: its join keys cannot change while ${groups.join(", ")} describe it; define a new entity`;
  return [{ code: "keys_in_use", file, line, detail }];
}
