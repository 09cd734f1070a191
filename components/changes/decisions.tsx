import Link from "next/link";
import type { ChangeRequestDetail } from "@/lib/registry/change-schema";
import { featureHref } from "../catalog/links";
import { FactList } from "../catalog/section";
import { formatDay } from "../ui/instants";
import { RelativeTime } from "../ui/relative-time";
import classes from "./changes.module.css";
import { StatusMove } from "./status-move";

/** Why a change is asked for; of a deprecation also what its readers are told. */
export function Terms({ change }: { change: ChangeRequestDetail }): React.ReactElement {
  const { deprecation } = change;
  return (
    <>
      <p className={classes.words}>{change.reason}</p>
      <StatusMove features={change.features} target={change.targetStatus} />
      {deprecation && (
        <div className={classes.terms}>
          <FactList
            facts={[
              { name: "Note to its readers", value: deprecation.note },
              { name: "May be retired from", value: formatDay(deprecation.retireOn) },
              {
                name: "Use instead",
                value: deprecation.replacement ? (
                  <Link href={featureHref(deprecation.replacement)} className="mono">
                    {deprecation.replacement}
                  </Link>
                ) : (
                  "nothing takes its place"
                ),
              },
            ]}
          />
        </div>
      )}
    </>
  );
}

/** Who decided what, and what they said. */
export function DecisionList({
  decisions,
}: {
  decisions: ChangeRequestDetail["decisions"];
}): React.ReactElement | null {
  if (decisions.length === 0) return null;
  return (
    <ul className={classes.decisions}>
      {decisions.map((decision) => (
        <li key={decision.id}>
          <span>
            <strong>{decision.decidedBy.name}</strong> {decision.verdict === "approve" ? "approved" : "rejected"}
            {decision.selfApproved && " their own request, as the only member"}{" "}
            <span className={classes.quiet}>
              <RelativeTime at={decision.decidedAt} />
            </span>
          </span>
          {decision.comment && <p className={classes.words}>{decision.comment}</p>}
        </li>
      ))}
    </ul>
  );
}
