import { EntityDefinition, FeatureGroupDefinition } from "@/lib/registry/definition-schema";
import { definitionsOf, featureRows, type GroupDraft, takenColumns } from "./group-draft";
import { problemsOf } from "./outcome";

export const STEPS = [
  { value: "source", label: "Source" },
  { value: "sql", label: "SQL" },
  { value: "keys", label: "Keys and time" },
  { value: "features", label: "Features" },
  { value: "review", label: "Review" },
] as const;
export type Step = (typeof STEPS)[number]["value"];

type KnownEntity = { name: string };
type Errors = Record<string, string>;

/** What keeps a step from being done, by field. */
export function errorsOfStep(step: Step, draft: GroupDraft, entities: KnownEntity[]): Errors {
  if (step === "source")
    return draft.sources.length > 0 || draft.sql.trim() !== "" ? {} : { sources: "Choose a source" };
  if (step === "sql")
    return draft.sql.trim() === ""
      ? { sql: "Write a SELECT" }
      : draft.columns === null
        ? { sql: "Run it first, so that its columns are known" }
        : {};
  if (step === "keys") return errorsOfKeys(draft, entities);
  if (step === "features") return errorsOfFeatures(draft);
  return {};
}

/** The first step before `wanted` that is not done, or `wanted` itself. */
export function stepReached(wanted: Step, draft: GroupDraft, entities: KnownEntity[]): Step {
  for (const { value } of STEPS) {
    if (value === wanted) return value;
    if (Object.keys(errorsOfStep(value, draft, entities)).length > 0) return value;
  }
  return wanted;
}

function errorsOfKeys(draft: GroupDraft, entities: KnownEntity[]): Errors {
  const errors: Errors = {};
  const { newEntity } = draft;
  if (newEntity) {
    const { entity } = definitionsOf(draft);
    const found = problemsOf(EntityDefinition.safeParse(entity).error?.issues ?? []).fields;
    if (newEntity.name === "") errors["newEntity.name"] = "Give it a name";
    else if (found.name) errors["newEntity.name"] = found.name;
    else if (entities.some((one) => one.name === newEntity.name))
      errors["newEntity.name"] = `There is already an entity ${newEntity.name}; choose it above`;
    if (found.description) errors["newEntity.description"] = found.description;
    if (newEntity.keys.length === 0) errors["newEntity.keys"] = "Choose the columns that identify one";
  } else if (draft.entity === "") errors.entity = "Choose what a row is about";
  const used = new Set<string>();
  for (const [key, column] of Object.entries(newEntity ? {} : draft.keys)) {
    if (column === "") errors[`keys.${key}`] = `Which column holds ${key}?`;
    else if (used.has(column)) errors[`keys.${key}`] = `${column} is another key already`;
    used.add(column);
  }
  for (const key of newEntity?.keys ?? []) used.add(key);
  if (!draft.timeless && draft.time === "")
    errors.time = "Choose a column of type TIMESTAMP or DATE, or say that the rows have no time";
  else if (!draft.timeless && used.has(draft.time)) errors.time = `${draft.time} is a key already`;
  if (
    draft.createdTime !== "" &&
    (used.has(draft.createdTime) || (!draft.timeless && draft.createdTime === draft.time))
  )
    errors.createdTime = `${draft.createdTime} is used already`;
  if (draft.timeless && takenColumns(draft).has("event_timestamp"))
    errors.time = "The column event_timestamp is a key; give the key another name in the SQL";
  const ttl = FeatureGroupDefinition.shape.ttl.safeParse(draft.ttl.trim() === "" ? undefined : draft.ttl.trim());
  if (!ttl.success) errors.ttl = "Must be a duration such as 90s, 15m, 24h or 7d";
  return errors;
}

function errorsOfFeatures(draft: GroupDraft): Errors {
  const { group } = definitionsOf({ ...draft, name: draft.name || "x" });
  const { fields } = problemsOf(FeatureGroupDefinition.safeParse(group).error?.issues ?? []);
  const errors = Object.fromEntries(Object.entries(fields).filter(([path]) => path.startsWith("features")));
  const timeless =
    draft.timeless && featureRows(draft).some((row) => row.name === "event_timestamp" && row.feature.include);
  if (timeless) errors.features = "event_timestamp is the constant time that is added; leave the column out";
  return errors;
}

/** What is wrong with the words of the group, at the end. */
export function errorsOfReview(draft: GroupDraft, taken: ReadonlySet<string>): Errors {
  const { fields } = problemsOf(FeatureGroupDefinition.safeParse(definitionsOf(draft).group).error?.issues ?? []);
  if (draft.name === "") return { ...fields, name: "Give it a name" };
  return taken.has(draft.name) ? { ...fields, name: `${draft.name} is taken already; choose another name` } : fields;
}
