import Link from "next/link";
import type { CSSProperties } from "react";
import type { ChangeRequestDetail } from "@/lib/registry/change-schema";
import { groupHref } from "../catalog/links";
import { Blockers } from "./blockers";
import classes from "./changes.module.css";

const warn = { "--tone": "var(--larder-warn)" } as CSSProperties;

/** What stands between a change request and its end, above everything else: conflicts, moved definitions, refusals. */
export function StandingNotice({
  change,
  readerId,
}: {
  change: ChangeRequestDetail;
  readerId: string;
}): React.ReactElement | null {
  const group = (
    <Link href={groupHref(change.group)} className="mono">
      {change.group}
    </Link>
  );
  if (change.state === "CONFLICTED")
    return (
      <div className={classes.notice} style={warn} role="note">
        <p className={classes.noticeTitle}>This request ended in a conflict; nothing was changed.</p>
        <p>
          {change.closedNote ?? "The definition changed after the request was made"}. What was asked for is not what is
          there now. Request it again on the page of {group}: the new request shows what is there.
        </p>
      </div>
    );
  if (change.state === "SUPERSEDED" || change.state === "WITHDRAWN")
    return change.closedNote ? (
      <div className={classes.notice} role="note">
        <p>{change.closedNote}.</p>
      </div>
    ) : null;
  if (change.state !== "OPEN") return null;
  if (change.baseMoved)
    return (
      <div className={classes.notice} style={warn} role="note">
        <p className={classes.noticeTitle}>The definition has changed since this was asked for.</p>
        <p>
          What is shown here is not what is there now, so it cannot be approved.{" "}
          {change.requestedBy.id === readerId
            ? "Withdraw it, and request it again on the page of "
            : `${change.requestedBy.name} can withdraw it and request it again on the page of `}
          {group}.
        </p>
      </div>
    );
  return change.blockers.length > 0 ? (
    <div className={classes.apart}>
      <Blockers title="It cannot be approved now" sentences={change.blockers} />
    </div>
  ) : null;
}
