import { canonicalJson } from "@/lib/kernel/canonical-json";
import type { Value } from "@/lib/kernel/values";
import type { Check } from "./change-schema";
import type { FeatureDefinition } from "./definition-schema";
import type { Statistics } from "./schema";

/** A feature that is to move, with what the checks look at. */
export type CheckedFeature = {
  name: string;
  description: string;
  owner: string | null;
  constraints: FeatureDefinition["constraints"] | null;
  /** Its values must not be told: findings about them come without numbers. */
  personal: boolean;
  /** The newest statistics, and the commit they were computed from. */
  profile: { statistics: Statistics; commitSequence: number } | null;
};

/** What is known about the features, one row for each check. They stop nothing: whoever decides reads them. */
export function checksOf(features: readonly CheckedFeature[], headSequence: number): Check[] {
  return [
    checkDescription(features),
    checkOwner(features),
    checkQuality(features, headSequence),
    checkStatistics(features, headSequence),
  ];
}

function checkDescription(features: readonly CheckedFeature[]): Check {
  const missing = features.filter((feature) => feature.description.trim() === "");
  if (missing.length === 0) return { name: "description", state: "pass", detail: `${all(features)} described` };
  const detail = `Without a description: ${some(missing, features)}`;
  return { name: "description", state: "fail", detail };
}

function checkOwner(features: readonly CheckedFeature[]): Check {
  const missing = features.filter((feature) => !feature.owner?.trim());
  if (missing.length > 0)
    return { name: "owner", state: "fail", detail: `Without an owner: ${some(missing, features)}` };
  const owners = [...new Set(features.map((feature) => feature.owner as string))];
  return { name: "owner", state: "pass", detail: `${all(features)} owned, by ${listed(owners)}` };
}

function checkStatistics(features: readonly CheckedFeature[], headSequence: number): Check {
  const check = { name: "statistics" } as const;
  if (headSequence === 0) return { ...check, state: "unknown", detail: "The group has no data yet" };
  const missing = features.filter(({ profile }) => !profile);
  if (missing.length > 0) return { ...check, state: "fail", detail: `Without statistics: ${some(missing, features)}` };
  const old = features.filter(({ profile }) => profile?.commitSequence !== headSequence);
  if (old.length === 0)
    return { ...check, state: "pass", detail: `${all(features)} profiled as of the newest commit, ${headSequence}` };
  const older = [...new Set(old.map(({ profile }) => profile?.commitSequence))].join(", ");
  const detail = `Statistics of commit ${older} instead of ${headSequence}, the newest: ${some(old, features)}`;
  return { ...check, state: "fail", detail };
}

function checkQuality(features: readonly CheckedFeature[], headSequence: number): Check {
  const check = { name: "quality" } as const;
  const constrained = features.filter(({ constraints }) => constraints && Object.keys(constraints).length > 0);
  if (constrained.length === 0) return { ...check, state: "unknown", detail: "No feature has constraints" };
  const findings = constrained.map((feature) => ({
    ...feature,
    ...(feature.profile?.commitSequence === headSequence
      ? violationsOf(feature, feature.profile.statistics)
      : { broken: [], undecided: ["it has no statistics of the newest commit"] }),
  }));
  const broken = findings.filter((finding) => finding.broken.length > 0);
  if (broken.length > 0) {
    const told = broken.map((finding) => `${finding.name} ${finding.broken.join(" and ")}`);
    return {
      ...check,
      state: "fail",
      detail: `${count(broken, constrained)} with constraints break them: ${listed(told)}`,
    };
  }
  const undecided = findings.filter((finding) => finding.undecided.length > 0);
  if (undecided.length > 0) {
    const told = undecided.map((finding) => `${finding.name}: ${finding.undecided.join(" and ")}`);
    const detail = `Not measured for ${count(undecided, constrained)} with constraints: ${listed(told)}`;
    return { ...check, state: "unknown", detail };
  }
  return { ...check, state: "pass", detail: `${count(constrained, features)} with constraints; all hold` };
}

/** How statistics break the constraints, and which of these they cannot tell. */
function violationsOf(
  { constraints, personal }: CheckedFeature,
  statistics: Statistics,
): { broken: string[]; undecided: string[] } {
  const { min, max, notNull, allowed } = constraints ?? {};
  const broken: string[] = [];
  const undecided: string[] = [];
  const say = (words: string, numbers: string): number => broken.push(personal ? words : `${words} ${numbers}`);
  const [lowest, highest] = [statistics.min, statistics.max].map(numberOf);
  const present = statistics.count - statistics.nulls;
  if (min !== undefined && lowest !== null && lowest !== undefined && lowest < min)
    say("falls below its min", `(${lowest} < ${min})`);
  if (max !== undefined && highest !== null && highest !== undefined && highest > max)
    say("exceeds its max", `(${highest} > ${max})`);
  if ((min !== undefined || max !== undefined) && statistics.nonFinite > 0)
    broken.push(`is not finite in ${rows(statistics.nonFinite)}`);
  else if (((min !== undefined && lowest === null) || (max !== undefined && highest === null)) && present > 0)
    undecided.push("its statistics have no minimum and maximum");
  if (notNull && statistics.nulls > 0) broken.push(`is null in ${rows(statistics.nulls)}`);
  if (allowed && present > 0) {
    const known = new Set(allowed.map(textOf));
    const top = statistics.topValues ?? [];
    const foreign = top.filter(({ value }) => !known.has(textOf(value)));
    if (foreign.length > 0)
      say("has values that are not allowed", `(${listed(foreign.map(({ value }) => textOf(value)))})`);
    else if (top.reduce((sum, { count }) => sum + count, 0) < present)
      undecided.push("not every value that it has is in its statistics");
  }
  return { broken, undecided };
}

function numberOf(value: Value): number | null {
  if (typeof value === "number") return value;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

function textOf(value: Value): string {
  return typeof value === "object" ? canonicalJson(value) : String(value);
}

const SHOWN = 10;

/** The first of some words, and how many more there are. */
export function listed(words: readonly string[]): string {
  const rest = words.length - SHOWN;
  return rest > 0 ? `${words.slice(0, SHOWN).join(", ")} and ${rest} more` : words.join(", ");
}

type Many = readonly { name: string }[];
const rows = (count: number): string => (count === 1 ? "1 row" : `${count} rows`);
const count = (found: Many, every: Many): string =>
  every.length === 1 ? "1 of 1 feature" : `${found.length} of ${every.length} features`;
const some = (found: Many, every: Many): string => `${count(found, every)} (${listed(found.map(({ name }) => name))})`;
const all = (every: Many): string => (every.length === 1 ? "The feature is" : `All ${every.length} features are`);
