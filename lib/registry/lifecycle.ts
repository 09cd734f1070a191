import type { ErrorIssue } from "@/lib/kernel/errors";
import type { ChangeRequestSummary, Deprecation } from "./change-schema";
import { type FeatureStatus, STATUSES } from "./schema";

/** Where a change request can lead. */
export type TargetStatus = ChangeRequestSummary["targetStatus"];

/** The whole lifecycle: from each status, those that can follow. What stands nowhere here does not happen. */
export const TRANSITIONS: Record<FeatureStatus, readonly TargetStatus[]> = {
  DRAFT: ["ACTIVE"],
  ACTIVE: ["DEPRECATED"],
  DEPRECATED: ["ACTIVE", "RETIRED"],
  RETIRED: [],
};

/** Whether a feature of one status may be asked to take another. */
export function canMove(from: FeatureStatus, to: TargetStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** What one sentence names: a feature with its status. */
export type StatusOf = { reference: string; status: FeatureStatus };

/** A feature that is to move, with what the rules look at. */
export type Moving = StatusOf & {
  /** The features that its values are made from. */
  parents: StatusOf[];
  /** Views that list it and consumers that read it, directly or through such a view: `feature view x (owner)`. */
  readers: string[];
};

/** What is asked of all of them. `replacement`: the feature that the deprecation names; null: no such feature. */
export type Move = {
  target: TargetStatus;
  deprecation: Deprecation | null;
  replacement: StatusOf | null;
  /** ISO date of today. */
  today: string;
};

/** Everything that stands against the move, one issue for each feature and reason; empty: it may be made. */
export function refusals(features: readonly Moving[], move: Move): ErrorIssue[] {
  return [...features.flatMap((feature) => refusalsOf(feature, move.target)), ...refusalsOfDeprecation(features, move)];
}

function refusalsOf(feature: Moving, target: TargetStatus): ErrorIssue[] {
  if (!canMove(feature.status, target)) return [{ code: "transition", detail: whyNot(feature, target) }];
  if (target === "ACTIVE")
    return feature.parents
      .filter(({ status }) => status === "DRAFT" || status === "RETIRED")
      .map((parent) => ({
        code: "parent_status",
        detail: `${feature.reference} is made from ${parent.reference}, which is ${parent.status}`,
      }));
  if (target === "RETIRED" && feature.readers.length > 0)
    return [{ code: "in_use", detail: `${feature.reference} is read by ${feature.readers.join(", ")}` }];
  return [];
}

/** One sentence: what the feature is, and what it can become instead. */
export function whyNot({ reference, status }: StatusOf, target: TargetStatus): string {
  const possible = TRANSITIONS[status];
  if (possible.length === 0) return `${reference} is ${status}, which is final`;
  if (status === target) return `${reference} is ${status} already`;
  return `${reference} is ${status} and can become ${possible.join(" or ")}, not ${target}`;
}

/** The statuses from which `target` can be reached, for sentences. */
export function startsOf(target: TargetStatus): FeatureStatus[] {
  return STATUSES.filter((status) => canMove(status, target));
}

function refusalsOfDeprecation(features: readonly Moving[], move: Move): ErrorIssue[] {
  const { deprecation, replacement, today } = move;
  if (!deprecation) return [];
  const issues: ErrorIssue[] = [];
  if (deprecation.retireOn < today)
    issues.push({
      code: "retire_on_past",
      pointer: "/deprecation/retireOn",
      detail: `retireOn ${deprecation.retireOn} has passed; today is ${today}`,
    });
  if (deprecation.replacement === null) return issues;
  const refuse = (why: string): number =>
    issues.push({
      code: "replacement_status",
      pointer: "/deprecation/replacement",
      detail: `replacement ${deprecation.replacement} ${why}`,
    });
  if (!replacement) refuse("does not exist");
  else if (features.some(({ reference }) => reference === replacement.reference)) refuse("is to be deprecated itself");
  else if (replacement.status !== "ACTIVE") refuse(`is ${replacement.status}; it must be ACTIVE`);
  return issues;
}

/**
 * Which of a group's features the rows made by `sql` come from: those whose names it says; if it says none, any of them.
 * A column of the result that carries a feature's name counts as said, since `SELECT *` hands it on.
 */
export function namedIn(sql: string, features: readonly string[], columns: readonly string[] = []): string[] {
  const words = new Set(
    [sql, ...columns]
      .join(" ")
      .toLowerCase()
      .match(/[\p{L}\p{N}_$]+/gu),
  );
  const named = features.filter((name) => words.has(name));
  return named.length > 0 ? named : [...features];
}
