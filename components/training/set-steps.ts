import { CreateTrainingSet } from "@/lib/datasets/training-schema";
import { Name } from "@/lib/kernel/names";
import { fillsOf } from "./fill-draft";
import {
  type Choices,
  contentKey,
  idOfWarning,
  instantOf,
  isLeak,
  type SetDraft,
  spineColumns,
  spineOf,
} from "./set-draft";
import { joinsOf, missingKeys, resultColumns } from "./set-joins";
import { errorsOfSplit } from "./split-draft";

export const STEPS = [
  { value: "spine", label: "Rows", title: "Which rows is the set for?" },
  { value: "features", label: "Features", title: "Which features are joined to them?" },
  { value: "preview", label: "Preview", title: "Is it what you expect?" },
  { value: "options", label: "Options", title: "How is it built?" },
  { value: "build", label: "Build", title: "Name it and build it" },
] as const;
export type Step = (typeof STEPS)[number]["value"];

type Errors = Record<string, string>;
type Known = Pick<Choices, "views" | "joinKeys">;

/** What keeps a step from being done, by field. */
export function errorsOfStep(step: Step, draft: SetDraft, known: Known): Errors {
  switch (step) {
    case "spine":
      return errorsOfSpine(draft, known);
    case "features":
      return errorsOfFeatures(draft, known);
    case "preview":
      return errorsOfPreview(draft, known);
    case "options":
      return errorsOfOptions(draft);
    case "build":
      return {};
  }
}

/** The first step before `wanted` that is not done, or `wanted` itself. */
export function stepReached(wanted: Step, draft: SetDraft, known: Known): Step {
  for (const { value } of STEPS) {
    if (value === wanted) return value;
    if (Object.keys(errorsOfStep(value, draft, known)).length > 0) return value;
  }
  return wanted;
}

/** Tells one spine from another: what a look at the rows was of. */
export function spineKey(draft: SetDraft, views: Known["views"]): string {
  return JSON.stringify(spineOf(draft, views));
}

function errorsOfSpine(draft: SetDraft, { views }: Known): Errors {
  const { kind, group } = draft.spine;
  const errors: Errors = {};
  if (kind === "group") {
    const start = instantOf(group.start);
    const end = instantOf(group.end);
    if (start === null) errors.start = "Not a day and a time";
    if (end === null) errors.end = "Not a day and a time";
    if (start && end && start >= end) errors.end = "Must be after the beginning";
    if (Object.keys(errors).length > 0) return errors;
  }
  if (spineOf(draft, views) === null) {
    if (kind === "upload") return { upload: "Upload the rows first" };
    if (kind === "sql") return { sql: "Write a SELECT that gives the keys and a time" };
    return kind === "group" ? { group: "Choose a feature group" } : { view: "Choose a view that offers rows" };
  }
  if (draft.seen?.of !== spineKey(draft, views))
    return { seen: "The rows must be read first, so that their columns are known" };
  if (draft.timestampColumn === "") errors.timestampColumn = "Choose the column that says when each row was";
  else if (draft.timestampColumn === draft.label) errors.label = "The time of the rows cannot be the label too";
  return errors;
}

function errorsOfFeatures(draft: SetDraft, { views, joinKeys }: Known): Errors {
  const errors: Errors = {};
  const joins = joinsOf(draft, views);
  if (draft.source === "view" && joins.length === 0) errors.view = "Choose a feature view";
  else if (joins.length === 0) errors.joins = "Pick at least one feature";
  for (const join of draft.source === "picked" ? joins : [])
    if (join.prefix.trim() !== "" && !Name.safeParse(join.prefix.trim()).success)
      errors[`prefix.${join.id}`] = "Must start with a letter and hold only a-z, 0-9 and _";
  for (const { join, key, column } of missingKeys(draft, views, joinKeys))
    errors[`keys.${join.id}.${key.name}`] =
      column === key.name ? `Your rows have no column ${key.name}; choose one` : `Your rows have no column ${column}`;
  const clashes = [...new Set(resultColumns(draft, views).flatMap((column) => (column.clash ? [column.name] : [])))];
  if (clashes.length > 0)
    errors.clash = `Two columns would be called ${clashes.join(", and two ")}; give one of the groups a prefix, or leave one out`;
  return errors;
}

function errorsOfPreview(draft: SetDraft, { views }: Known): Errors {
  const { looked } = draft;
  if (looked?.of !== contentKey(draft, views)) return { preview: "Look at the rows first" };
  const open = looked.warnings.filter((warning) => isLeak(warning) && !draft.kept.includes(idOfWarning(warning)));
  if (open.length === 0) return {};
  return { warnings: `Decide about ${open.length === 1 ? "the warning" : `the ${open.length} warnings`} first` };
}

function errorsOfOptions(draft: SetDraft): Errors {
  const errors: Errors = {};
  const limit = CreateTrainingSet.shape.rowLimit.safeParse(draft.rowLimit === "" ? undefined : Number(draft.rowLimit));
  if (!limit.success) errors.rowLimit = "Between 1 and 10,000,000 rows, or empty";
  const fills = fillsOf(draft.fillNull, draft.looked?.columns ?? []);
  for (const [column, message] of Object.entries(fills.errors)) errors[`fillNull.${column}`] = message;
  for (const [field, message] of Object.entries(errorsOfSplit(draft.split, spineColumns(draft))))
    errors[`split.${field}`] = message;
  return errors;
}

/** What is wrong with the name, or undefined. */
export function errorOfName(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name === "") return "Give it a name";
  const found = Name.safeParse(name).error?.issues[0];
  if (found) return `A name ${found.message}`;
  return taken.has(name) ? `${name} exists already; training sets never change, so choose another name` : undefined;
}

/** The step in which what the server has refused can be put right. */
export function stepOfError(code: string): Step {
  if (
    /^(sql_|sandbox_|empty_spine|missing_timestamp|invalid_timestamp|timestamp_|unreadable_file|not_found)/.test(code)
  )
    return "spine";
  if (/^(missing_key|feature_|key_type|ambiguous_feature|unsafe_integer)/.test(code)) return "features";
  if (/^(null_key|snapshot_|row_limit|commit_expired)/.test(code)) return "options";
  return "build";
}
