import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { planRead } from "@/lib/serving/plan-read";
import { gatherVectors, MAX_ENTITIES } from "@/lib/serving/read-vectors";
import { feastAnswer } from "./feast-answer";
import { fieldsOf, invalid } from "./feast-body";
import { feastPlan, larderReference } from "./feast-names";
import { requestDataIn } from "./feast-on-demand";
import { fromFeast } from "./feast-values";
import type { PlaneAnswer, PlaneRequest } from "./route";

const MAX_FEATURES = 2000;

/** Answers `/get-online-features`: features by reference, or those of a feature service, for entities given column by column. */
export async function readFeast({ ctx, catalog, body }: PlaneRequest): Promise<PlaneAnswer> {
  authorize(ctx, "online.read", `project:${ctx.project.name}`);
  const asked = requestOf(body);
  const plan = planRead(catalog, asked.service === null ? { features: asked.features } : { view: asked.service });
  const feast = feastPlan(plan, asked.fullNames);
  const keys = keysAsked(feast.keys, asked.entities);
  const ids = entitiesOf(keys, asked.entities);
  const vectors = await gatherVectors(ctx, plan, ids, requestDataIn(plan, asked.entities, ids.length));
  return { status: 200, body: feastAnswer(vectors, feast, keys), served: vectors };
}

type Asked = {
  features: string[];
  service: string | null;
  entities: Record<string, Value[]>;
  fullNames: boolean;
};

function requestOf(body: unknown): Asked {
  const { features, feature_service: service = null, entities, full_feature_names: fullNames = false } = fieldsOf(body);
  if (service !== null && typeof service !== "string") throw invalid("feature_service must be a name");
  const references = features === undefined || features === null ? [] : features;
  if (!Array.isArray(references) || !references.every((text) => typeof text === "string" && text.length <= 200))
    throw invalid('features must be a list of references: "feature_view:feature"');
  if (references.length > MAX_FEATURES) throw invalid(`At most ${MAX_FEATURES} features go into one request`);
  // As Feast has it: with a feature service the features are not looked at.
  if (service === null && references.length === 0) throw invalid("Ask for features or for a feature_service");
  if (typeof fullNames !== "boolean") throw invalid("full_feature_names must be true or false");
  const otherwise = "entities must be an object with a list of values for each join key";
  const lists = fieldsOf(entities, otherwise);
  if (!Object.values(lists).every(Array.isArray)) throw invalid(otherwise);
  return {
    features: references.map(larderReference),
    service,
    entities: lists as Record<string, Value[]>,
    fullNames,
  };
}

/** The join keys that are read by, in the order of the request, which may have others beside them. */
function keysAsked(needed: readonly Column[], entities: Record<string, Value[]>): Column[] {
  const missing = needed.filter(({ name }) => !Object.hasOwn(entities, name)).map(({ name }) => name);
  if (missing.length > 0)
    throw new LarderError(
      "missing_key_column",
      `entities must have the join keys ${needed.map(({ name }) => name).join(", ")}; ${missing.join(", ")} missing`,
    );
  return Object.keys(entities).flatMap((name) => needed.find((key) => key.name === name) ?? []);
}

function entitiesOf(keys: readonly Column[], entities: Record<string, Value[]>): Record<string, Value>[] {
  const columns = keys.map(({ name, type }) => {
    const values = entities[name] ?? [];
    return { name, values: type === "TIMESTAMP" ? values.map(fromFeast(type)) : values };
  });
  const count = columns[0]?.values.length ?? Object.values(entities)[0]?.length ?? 1;
  if (columns.some(({ values }) => values.length !== count))
    throw invalid("The lists of entities must be equally long");
  if (count > MAX_ENTITIES)
    throw new LarderError(
      "too_many_entities",
      `${count} entities asked for; at most ${MAX_ENTITIES} go into one request`,
    );
  return Array.from({ length: count }, (_, row) => {
    const entity: Record<string, Value> = {};
    for (const { name, values } of columns) entity[name] = values[row] ?? null;
    return entity;
  });
}
