import { parse, stringify } from "yaml";
import { may } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { ChangeDiff, Check } from "./change-schema";
import type { Definition, FeatureGroupDefinition } from "./definition-schema";
import { maskStatistics } from "./mask-personal";
import { loadRelations } from "./personal-names";
import { readableDefinition } from "./stored-answer";

/** Whether the actor must not see values of a feature. */
export type IsHidden = (feature: string) => boolean;

/**
 * What the actor must not see of requests, as of today: a request keeps what was known when it was made. Nobody can tell
 * any more whether a feature of a group that is gone was personal.
 */
export async function loadHidden(
  ctx: Context,
): Promise<(request: { groupId: string | null; groupName: string }) => IsHidden> {
  if (may(ctx.actor, "sensitive.read")) return () => () => false;
  const { groups } = await loadRelations(ctx.db, ctx.project.id);
  return ({ groupId, groupName }) => {
    const personal = new Set(groups.flatMap(({ name, personal: marked }) => (name === groupName ? marked : [])));
    return (feature) => groupId === null || personal.has(feature);
  };
}

/** Checks without what they tell of values of features that are hidden. */
export function maskChecks(checks: Check[], features: readonly string[], isHidden: IsHidden): Check[] {
  const hidden = features.filter(isHidden);
  return checks.map((check) => {
    const at = check.detail.indexOf(": ");
    if (check.name !== "quality" || check.state !== "fail" || at < 0) return check;
    const words = new Set(check.detail.slice(at).split(/\W+/));
    return hidden.some((feature) => words.has(feature)) ? { ...check, detail: check.detail.slice(0, at) } : check;
  });
}

/** A difference without statistics, defaults and constraints of features that are hidden or that either side marks personal. */
export function maskDiff(ctx: Context, diff: ChangeDiff, isHidden: IsHidden): ChangeDiff {
  const { before, after } = diff.definition;
  const sides = [before, after].map((text) => (text ? (parse(text) as Definition) : null));
  const marked = new Set(sides.flatMap(markedIn));
  const hide = (side: Definition): string =>
    stringify(
      readableDefinition(ctx, side, (feature) => marked.has(feature) || isHidden(feature)),
      { lineWidth: 0 },
    );
  const [old, now] = sides;
  return {
    definition: { before: old ? hide(old) : before, after: now ? hide(now) : after },
    statistics: diff.statistics.map((one) =>
      isHidden(one.feature)
        ? { ...one, before: one.before && maskStatistics(one.before), after: one.after && maskStatistics(one.after) }
        : one,
    ),
  };
}

function markedIn(side: Definition | null): string[] {
  const features = (side as FeatureGroupDefinition | null)?.features ?? [];
  return features.flatMap(({ name, sensitivity }) => (sensitivity === "personal" ? [name] : []));
}
