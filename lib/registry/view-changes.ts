import { canonicalJson } from "@/lib/kernel/canonical-json";
import type { FeatureViewDefinition, PlanStep } from "./definition-schema";

type Note = { grade: NonNullable<PlanStep["grade"]>; change: string };

/**
 * How two definitions of a view differ in what is computed on demand. BREAKING: other values under a name that is there, a
 * name that goes, or request data that callers do not send yet.
 */
export function compareOnDemand(before: FeatureViewDefinition, after: FeatureViewDefinition): Note[] {
  const [old, now] = [before.onDemand ?? {}, after.onDemand ?? {}];
  const notes: Note[] = [];
  for (const [name, feature] of Object.entries(now)) {
    const previous = old[name];
    if (!previous) notes.push({ grade: "NON_BREAKING", change: `on-demand feature ${name} added` });
    else if (previous.expression !== feature.expression || previous.type !== feature.type)
      notes.push({ grade: "BREAKING", change: `on-demand feature ${name}: what it computes changed` });
    else if (canonicalJson(previous) !== canonicalJson(feature))
      notes.push({ grade: "METADATA", change: `on-demand feature ${name}: words about it changed` });
  }
  for (const name of Object.keys(old))
    if (!now[name]) notes.push({ grade: "BREAKING", change: `on-demand feature ${name} removed` });
  return [...notes, ...compareRequestData(before.requestData ?? {}, after.requestData ?? {})];
}

function compareRequestData(old: Record<string, string>, now: Record<string, string>): Note[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => old[name] !== now[name]);
  return names.map((name) => {
    const what =
      now[name] === undefined
        ? "removed"
        : old[name] === undefined
          ? "added"
          : `type ${old[name]} becomes ${now[name]}`;
    return { grade: "BREAKING", change: `request data ${name}: ${what}` };
  });
}
