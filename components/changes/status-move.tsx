import type { ChangeRequestSummary } from "@/lib/registry/change-schema";
import { StatusBadge } from "../ui/status-badge";
import classes from "./changes.module.css";

const SHOWN = 30;

/** Which features go from which status to which. */
export function StatusMove({
  features,
  target,
}: {
  features: ChangeRequestSummary["features"];
  target: ChangeRequestSummary["targetStatus"];
}): React.ReactElement {
  const from = [...new Set(features.map((feature) => feature.from))];
  return (
    <>
      {from.map((status) => {
        const names = features.filter((feature) => feature.from === status).map((feature) => feature.name);
        return (
          <div key={status} className={classes.move}>
            <span className={classes.statuses}>
              <StatusBadge status={status} />
              <span aria-hidden>→</span>
              <span className="visually-hidden">to</span>
              <StatusBadge status={target} />
            </span>
            <span className={classes.names}>
              {names.slice(0, SHOWN).join(", ")}
              {names.length > SHOWN && ` and ${names.length - SHOWN} more`}
            </span>
          </div>
        );
      })}
    </>
  );
}
