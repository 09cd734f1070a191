import { checkOnDemand } from "@/lib/compute/on-demand";
import { DataTypeText } from "@/lib/kernel/data-types";
import { Name } from "@/lib/kernel/names";
import type { FeatureViewDefinition } from "@/lib/registry/definition-schema";
import type { JoinDraft } from "./view-draft";

/** What callers send, while it is being written. */
export type RequestDraft = { id: number; name: string; type: string };

/** An on-demand feature while it is being written. `type` empty: whatever the expression gives. */
export type ComputedDraft = {
  id: number;
  name: string;
  expression: string;
  type: string;
  description: string;
  unit: string;
};

let ids = 0;

/** A new name of request data. */
export const newRequest = (): RequestDraft => ({ id: ids++, name: "", type: "FLOAT64" });

/** A new on-demand feature. */
export const newComputed = (): ComputedDraft => ({
  id: ids++,
  name: "",
  expression: "",
  type: "",
  description: "",
  unit: "",
});

/** What a registered view computes and asks for, to be changed. */
export function draftOfComputed({ requestData = {}, onDemand = {} }: FeatureViewDefinition): {
  requestData: RequestDraft[];
  onDemand: ComputedDraft[];
} {
  return {
    requestData: Object.entries(requestData).map(([name, type]) => ({ id: ids++, name, type })),
    onDemand: Object.entries(onDemand).map(([name, { expression, type = "", description, unit = "" }]) => ({
      ...{ id: ids++, name, expression, type, description, unit },
    })),
  };
}

/** The definition that such drafts say; nothing for none. */
export function computedOf(requestData: RequestDraft[], onDemand: ComputedDraft[]): object {
  return {
    ...(requestData.length > 0 && {
      requestData: Object.fromEntries(distinct(requestData).map(({ key, type }) => [key, type])),
    }),
    ...(onDemand.length > 0 && {
      onDemand: Object.fromEntries(
        distinct(onDemand).map(({ key, expression, type, description, unit }) => [
          key,
          {
            expression: expression.trim(),
            description,
            ...(type !== "" && { type }),
            ...(unit.trim() !== "" && { unit: unit.trim() }),
          },
        ]),
      ),
    }),
  };
}

/** Each under its name; what has the name of one before it under none that is allowed, so that nothing is lost in silence. */
function distinct<T extends { name: string }>(drafts: T[]): (T & { key: string })[] {
  const names = drafts.map(({ name }) => name.trim());
  return drafts.map((draft, at) => {
    const name = names[at] ?? "";
    return { ...draft, key: names.indexOf(name) < at ? `${name} (number ${at + 1})` : name };
  });
}

/** What is known of one on-demand feature as it stands: its type and what it is made from, or what is wrong with it. */
export type Checked = { type: string; from: readonly string[] } | { problem: string } | null;

/**
 * Checks on-demand features with the code that will compute them, by their ids. `columns`: of the view with their types; null
 * while they are not known.
 */
export function checkComputed(
  columns: ReadonlyMap<string, string> | null,
  requestData: readonly RequestDraft[],
  onDemand: readonly ComputedDraft[],
): Map<number, Checked> {
  const checked = new Map<number, Checked>(onDemand.map(({ id }) => [id, null]));
  if (!columns) return checked;
  const sent = requestData.filter(({ type }) => DataTypeText.safeParse(type).success);
  const known = new Map([...columns, ...sent.map(({ name, type }) => [name.trim(), type] as const)]);
  const named = new Map<string, ComputedDraft>();
  for (const draft of onDemand) {
    const name = draft.name.trim();
    const isName = Name.safeParse(name);
    if (name !== "" && !isName.success)
      checked.set(draft.id, { problem: `The name ${isName.error.issues[0]?.message}` });
    else if (known.has(name) || named.has(name)) checked.set(draft.id, { problem: `The name ${name} is taken` });
    else if (draft.expression.trim() !== "") named.set(name === "" ? `unnamed ${draft.id}` : name, draft);
  }
  const definitions = Object.fromEntries(
    [...named].map(([name, { expression, type }]) => [
      name,
      { expression: expression.trim(), ...(type === "" ? {} : { type }) },
    ]),
  );
  const { onDemand: compiled, mistakes } = checkOnDemand(definitions, known);
  for (const { name, type, from } of compiled.columns) checked.set(named.get(name)?.id ?? -1, { type, from });
  for (const { name, detail, line = 1, column } of mistakes) {
    const where = column === undefined ? "" : ` (${line > 1 ? `line ${line}, ` : ""}column ${column})`;
    checked.set(named.get(name)?.id ?? -1, { problem: `${detail}${where}` });
  }
  return checked;
}

/** What is wrong with the name of request data. */
export function requestProblem(
  { id, name: written }: RequestDraft,
  all: readonly RequestDraft[],
  columns: ReadonlyMap<string, string> | null,
): string | undefined {
  const name = written.trim();
  if (name === "") return undefined;
  const isName = Name.safeParse(name);
  if (!isName.success) return `The name ${isName.error.issues[0]?.message}`;
  const taken = columns?.has(name) || all.some((other) => other.id < id && other.name.trim() === name);
  return taken ? `The name ${name} is taken` : undefined;
}

/** The columns that joins give, with their types. `typesOf`: of the features of a group version; null while one is not known. */
export function columnTypes(
  joins: readonly JoinDraft[],
  typesOf: (group: string, version: number | null) => ReadonlyMap<string, string> | null,
): Map<string, string> | null {
  const columns = new Map<string, string>();
  for (const { group, version, prefix, features } of joins) {
    const types = typesOf(group, version);
    if (!types) return null;
    for (const feature of features) {
      const type = types.get(feature);
      const start = prefix.trim() === "" ? "" : `${prefix.trim()}__`;
      if (type !== undefined) columns.set(`${start}${feature}`, type);
    }
  }
  return columns;
}
