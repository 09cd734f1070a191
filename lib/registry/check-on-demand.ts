import { checkOnDemand } from "@/lib/compute/on-demand";
import type { ErrorIssue } from "@/lib/kernel/errors";
import type { LocatedDefinition } from "./definition-files";
import type { FeatureViewDefinition } from "./definition-schema";

/**
 * What is wrong with the on-demand features and the request data of a view: names that are taken, expressions that do not
 * compile. `columns`: what the joins give, with types; `keys`: the columns of the join keys.
 */
export function checkViewOnDemand(
  view: FeatureViewDefinition,
  at: LocatedDefinition["at"],
  columns: ReadonlyMap<string, string>,
  keys: ReadonlySet<string>,
): ErrorIssue[] {
  const { requestData = {}, onDemand = {} } = view;
  const issues: ErrorIssue[] = [];
  const clash = (pointer: string, name: string, what: string): void => {
    const detail = `view ${view.name} names ${what} ${name}, as one of its columns or keys is named`;
    issues.push({ code: "feature_name_collision", ...at(pointer), detail });
  };
  const isTaken = (name: string): boolean => columns.has(name) || keys.has(name);
  for (const name of Object.keys(requestData)) if (isTaken(name)) clash(`/requestData/${name}`, name, "request data");
  for (const name of Object.keys(onDemand))
    if (isTaken(name) || Object.hasOwn(requestData, name)) clash(`/onDemand/${name}`, name, "an on-demand feature");
  if (issues.length > 0) return issues;
  const { mistakes } = checkOnDemand(onDemand, new Map([...columns, ...Object.entries(requestData)]));
  return mistakes.map(({ name, code, detail, line = 1, column }) => ({
    code,
    ...at(`/onDemand/${name}/expression`, line),
    ...(column === undefined ? {} : { column }),
    detail: `on-demand feature ${name} of view ${view.name}: ${detail}`,
  }));
}
