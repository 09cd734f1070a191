import type { z } from "zod";
import { CreateTrainingSet } from "@/lib/datasets/schema";

/** What the form holds, as typed. */
export type Draft = {
  name: string;
  view: string;
  spine: "view" | "sql";
  sql: string;
  timestampColumn: string;
  label: string;
  rowLimit: string | number;
  nullKeys: "refuse" | "keep";
  asKnown: "event_time" | "created_time";
  fullFeatureNames: boolean;
};

export type DraftErrors = Partial<Record<keyof Draft | "form", string>>;
type Request = z.input<typeof CreateTrainingSet>;

/** A name for a training set of `view` that nobody has taken. */
export function suggestName(view: string, taken: ReadonlySet<string>): string {
  const base = (view === "" ? "training_set" : `${view}_training`).slice(0, 58);
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) {
    const name = `${base}_${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The request a draft asks for, or what is wrong with it by field. */
export function requestOf(draft: Draft, taken: ReadonlySet<string>): { request: Request } | { errors: DraftErrors } {
  const errors: DraftErrors = {};
  if (draft.view === "") errors.view = "Choose a feature view";
  if (taken.has(draft.name))
    errors.name = `${draft.name} exists already; training sets never change, so choose another name`;
  if (draft.spine === "sql" && draft.sql.trim() === "")
    errors.sql = "Write a SELECT that gives the join keys and a time";
  const request: Request = {
    name: draft.name,
    view: draft.view,
    rowLimit: Number(draft.rowLimit),
    nullKeys: draft.nullKeys,
    asKnown: draft.asKnown,
    fullFeatureNames: draft.fullFeatureNames,
    ...(draft.spine === "sql" && {
      spine: { sql: draft.sql },
      ...(draft.timestampColumn.trim() !== "" && { timestampColumn: draft.timestampColumn.trim() }),
      ...(draft.label.trim() !== "" && { label: draft.label.trim() }),
    }),
  };
  const checked = CreateTrainingSet.safeParse(request);
  for (const issue of checked.error?.issues ?? []) {
    const at = issue.path[0];
    if (at === "name") errors.name ??= draft.name === "" ? "Give it a name" : `A name ${issue.message}`;
    else if (at === "rowLimit") errors.rowLimit ??= "Between 1 and 10,000,000 rows";
    else if (at === "view") errors.view ??= "Choose a feature view";
    else errors.form ??= issue.message;
  }
  return Object.keys(errors).length > 0 ? { errors } : { request };
}

/** Where the server's answer belongs in the form. */
export function errorsOf(error: { code: string; detail: string }): DraftErrors {
  if (error.code === "already_exists" || error.code === "invalid_name") return { name: error.detail };
  if (error.code === "feature_view_not_found") return { view: error.detail };
  if (error.code.startsWith("sql_") || error.code === "empty_spine") return { sql: error.detail, form: error.detail };
  return { form: error.detail };
}
