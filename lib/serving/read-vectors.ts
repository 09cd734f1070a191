import { authorize, may } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { requireReadable } from "@/lib/registry/readable";
import { answerText, type Vectors } from "./answer-text";
import { keysOf } from "./entity-keys";
import { readRows } from "./found-rows";
import { overridesOf } from "./overrides";
import { planRead, type ReadPlan } from "./plan-read";
import type { EntityId, ReadFeatures } from "./schema";
import { requestDataOf } from "./sent-data";
import type { ServingCatalog } from "./serving-catalog";

/** Entities of one request. */
export const MAX_ENTITIES = 10_000;

/** Values of one request, and characters of the rows they are in. */
const MAX_VALUES = 500_000;
const MAX_CHARACTERS = 128 * 1024 * 1024;

/** What a read was and what it gave: the answer as JSON, and what it was made of. */
export type AnsweredRead = { text: string | Buffer; vectors: Vectors };

/**
 * Reads features of one or many entities against one catalog: one answer per entity in the order asked, duplicates kept,
 * every value with its status and age. Asks the online store and nothing else.
 */
export async function readVectors(ctx: Context, catalog: ServingCatalog, input: ReadFeatures): Promise<AnsweredRead> {
  authorize(ctx, "online.read", `project:${ctx.project.name}`);
  const ids = requireIds(input);
  if (Boolean(input.features) === Boolean(input.view))
    throw new LarderError("validation_failed", "Ask either for features or for a view");
  const vectors = await gatherVectors(ctx, planRead(catalog, input), ids, input);
  const text = answerText(vectors, {
    form: input.answer,
    single: input.entity_ids === undefined,
    includeExpired: input.include_expired,
    fillDefaults: input.fill_defaults,
  });
  return { text, vectors };
}

/** What an answer to a plan is made of, whatever it is to look like: rules about reading, keys, rows. */
export async function gatherVectors(
  ctx: Context,
  plan: ReadPlan,
  ids: readonly EntityId[],
  given: Pick<ReadFeatures, "overrides" | "request_data"> = {},
): Promise<Vectors> {
  authorize(ctx, "online.read", `project:${ctx.project.name}`);
  const warnings = plan.guarded.length === 0 ? [] : [...new Set(requireReadable(ctx, plan.guarded, { masked: true }))];
  const masked = plan.guarded.length > 0 && !may(ctx.actor, "sensitive.read");
  const overrides = overridesOf(plan, given.overrides, ids.length);
  const requestData = requestDataOf(plan, given.request_data, ids.length);
  requireFew(ids.length * (plan.columns.length + (plan.onDemand?.columns.length ?? 0)), "values", MAX_VALUES);
  const found = await readRows(ctx.online, plan.reads, keysOf(plan, ids), ctx.clock.now());
  let characters = 0;
  for (const rows of found) for (const row of rows) characters += row?.open.row.length ?? 0;
  requireFew(characters, "characters of rows", MAX_CHARACTERS);
  return { plan, ids, found, masked, overrides, requestData, warnings };
}

/** An answer is put together in one turn, during which nobody else is answered. */
function requireFew(count: number, of: string, most: number): void {
  if (count > most)
    throw new LarderError("too_many_entities", `${count} ${of} asked for; at most ${most} go into one request`);
}

function requireIds(input: ReadFeatures): readonly EntityId[] {
  if ((input.entity_id === undefined) === (input.entity_ids === undefined))
    throw new LarderError("validation_failed", "Give either entity_id or entity_ids");
  const ids = input.entity_ids ?? (input.entity_id === undefined ? [] : [input.entity_id]);
  if (ids.length === 0) throw new LarderError("validation_failed", "entity_ids is empty");
  if (ids.length > MAX_ENTITIES)
    throw new LarderError(
      "too_many_entities",
      `${ids.length} entities asked for; at most ${MAX_ENTITIES} go into one request`,
    );
  return ids;
}
