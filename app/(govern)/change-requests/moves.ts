import { may } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { ChangeRequestSummary } from "@/lib/registry/change-schema";
import { canMove } from "@/lib/registry/lifecycle";
import type { FeatureSummary } from "@/lib/registry/schema";

/** A status that one may ask for, and the features that can take it. */
export type PossibleMove = {
  target: ChangeRequestSummary["targetStatus"];
  label: string;
  features: string[];
};

const MOVES: { target: PossibleMove["target"]; from: FeatureSummary["status"]; label: string }[] = [
  { target: "ACTIVE", from: "DRAFT", label: "Request activation" },
  { target: "ACTIVE", from: "DEPRECATED", label: "Reactivate…" },
  { target: "DEPRECATED", from: "ACTIVE", label: "Deprecate…" },
  { target: "RETIRED", from: "DEPRECATED", label: "Retire…" },
];

/** What the reader may ask for of these features; those that wait for a decision already are left out. */
export function possibleMoves(
  ctx: Context,
  features: Pick<FeatureSummary, "name" | "status" | "openChange">[],
): PossibleMove[] {
  if (!may(ctx.actor, "change.request")) return [];
  return MOVES.flatMap(({ target, from, label }) => {
    if (!canMove(from, target)) return [];
    const names = features
      .filter(({ status, openChange }) => status === from && openChange === null)
      .map(({ name }) => name);
    return names.length > 0 ? [{ target, label, features: names }] : [];
  });
}
