import { Blockers } from "@/components/changes/blockers";
import { CheckList } from "@/components/changes/checks";
import { ImpactLists } from "@/components/changes/impact-lists";
import { StatusMove } from "@/components/changes/status-move";
import type { ChangePlan, ChangeRequestSummary } from "@/lib/registry/change-schema";

/** What a request would say: which features, what the checks find, what depends on them, what stands against it. */
export function PlanView({
  plan,
  target,
  refused,
}: {
  plan: ChangePlan;
  target: ChangeRequestSummary["targetStatus"];
  /** What the server said when it was asked. */
  refused: string[];
}): React.ReactElement {
  const stands = plan.blockers.length > 0 ? plan.blockers : refused;
  return (
    <>
      <StatusMove features={plan.features} target={target} />
      {stands.length > 0 && <Blockers sentences={stands} />}
      <div>
        <CheckList checks={plan.checks} />
      </div>
      <ImpactLists impact={plan.impact} compact />
    </>
  );
}
