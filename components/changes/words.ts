import type { ChangeRequestDetail, ChangeRequestSummary } from "@/lib/registry/change-schema";

type Target = ChangeRequestSummary["targetStatus"];

/** What one does to bring features from one status to another. */
export function verbOf(from: readonly string[], target: Target): string {
  if (target === "DEPRECATED") return "Deprecate";
  if (target === "RETIRED") return "Retire";
  return from.length > 0 && from.every((status) => status === "DEPRECATED") ? "Reactivate" : "Activate";
}

/** A change request in a few words: `Activate 6 features of airport_traffic`. */
export function titleOf(
  change: Pick<ChangeRequestSummary, "group" | "groupVersion" | "features" | "targetStatus">,
): string {
  const { features, group } = change;
  const verb = verbOf(
    features.map((feature) => feature.from),
    change.targetStatus,
  );
  const [only] = features;
  return only && features.length === 1
    ? `${verb} ${group}:${only.name}`
    : `${verb} ${features.length} features of ${group}`;
}

/** The address of a change request. */
export function changeHref(change: Pick<ChangeRequestSummary, "number">): string {
  return `/change-requests/${change.number}`;
}

/** What is to come, in one sentence, for the one who looks. */
export function standingOf(change: ChangeRequestDetail, reader: { id: string; decides: boolean }): string {
  const mine = change.requestedBy.id === reader.id;
  switch (change.state) {
    case "APPROVED":
      return `Approved and applied: ${change.features.length === 1 ? "the feature is" : "the features are"} ${change.targetStatus} now.`;
    case "REJECTED":
      return "Rejected: nothing was changed.";
    case "WITHDRAWN":
      return "Withdrawn by its requester: nothing was changed.";
    case "SUPERSEDED":
      return "Another change request took its place: nothing was changed by this one.";
    case "CONFLICTED":
      return "The definition changed after the request was made, so what was to be approved is no longer there. Nothing was changed.";
    case "OPEN":
      break;
  }
  const left = change.requiredApprovals - change.approvals;
  const waits = left === 1 ? "It waits for one approval." : `It waits for ${left} more approvals.`;
  if (mine && change.actions.includes("approve"))
    return "You made this request and are the only member, so you decide; that is recorded as self-approved.";
  if (mine) return `You made this request; somebody else decides. ${waits}`;
  const own = change.decisions.find((decision) => decision.decidedBy.id === reader.id);
  if (own) return `You ${own.verdict === "approve" ? "approved" : "rejected"} it. ${waits}`;
  if (change.actions.includes("approve")) return waits;
  if (reader.decides) return `It was made by a service account that you keep; somebody else decides. ${waits}`;
  return `${waits} Stewards and admins decide.`;
}

/** The words of each check, as a mark's name. */
export const CHECK_NAMES = {
  description: "Description",
  owner: "Owner",
  quality: "Quality",
  statistics: "Statistics",
} as const;
