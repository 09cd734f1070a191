import Link from "next/link";
import type { ChangeRequestSummary } from "@/lib/registry/change-schema";
import type { FeatureSummary } from "@/lib/registry/schema";
import { Section } from "../catalog/section";
import { RelativeTime } from "../ui/relative-time";
import { ChangeStateBadge } from "../ui/status-badge";
import classes from "./changes.module.css";
import { changeHref, titleOf } from "./words";

/** Change requests in few lines, as home and the page of a feature show them. */
export function ChangeLines({ changes }: { changes: ChangeRequestSummary[] }): React.ReactElement {
  return (
    <ul className={classes.lines}>
      {changes.map((change) => (
        <li key={change.id}>
          <span>
            <Link href={changeHref(change)}>
              <span className="number">#{change.number}</span> {titleOf(change)}
            </Link>
            <span className={classes.quiet}> by {change.requestedBy.name}</span>
          </span>
          <span style={{ display: "inline-flex", gap: 14 }}>
            <ChangeStateBadge state={change.state} />
            <span className={classes.quiet}>
              <RelativeTime at={change.closedAt ?? change.requestedAt} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

type OpenChange = NonNullable<FeatureSummary["openChange"]> & { features?: number };

/** Says that somebody has asked already for what a page could ask for. */
export function OpenChanges({ changes }: { changes: OpenChange[] }): React.ReactElement | null {
  if (changes.length === 0) return null;
  return (
    <div className={classes.notice} role="note" aria-label="Open change requests">
      {changes.map((change) => (
        <p key={change.number}>
          <Link href={changeHref(change)}>
            Change request #{change.number} to {change.targetStatus}
          </Link>{" "}
          is open
          {change.features !== undefined &&
            ` for ${change.features === 1 ? "one feature" : `${change.features} features`}`}
          .
        </p>
      ))}
    </div>
  );
}

/** Every change request that was about a feature, newest first; nothing before the first. */
export function StatusHistory({
  feature,
  changes,
}: {
  feature: FeatureSummary;
  /** Of its group. */
  changes: ChangeRequestSummary[];
}): React.ReactElement | null {
  const own = changes.filter(
    (change) =>
      change.groupVersion === feature.groupVersion && change.features.some(({ name }) => name === feature.name),
  );
  if (own.length === 0) return null;
  return (
    <Section title="Status history" aside={`${own.length} change ${own.length === 1 ? "request" : "requests"}`}>
      <ChangeLines changes={own} />
    </Section>
  );
}
