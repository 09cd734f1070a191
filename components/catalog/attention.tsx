import Link from "next/link";
import type { Run } from "@/lib/kernel/run";
import type { GroupSummary } from "@/lib/registry/schema";
import { RelativeTime } from "../ui/relative-time";
import { RunStateBadge } from "../ui/status-badge";
import classes from "./home.module.css";
import { groupHref } from "./links";

/** What somebody should look at: groups without data, groups that are not served though they should be, runs that failed last. */
export function Attention({ groups, runs }: { groups: GroupSummary[]; runs: Run[] }): React.ReactElement {
  const newest = runs[0];
  const failed = newest?.state === "FAILED" ? newest : null;
  const empty = groups.filter((group) => group.rowCount === 0);
  const unserved = groups.filter((group) => group.rowCount > 0 && group.online && !group.freshness.materializedAt);
  if (!failed && empty.length + unserved.length === 0) {
    return <p className={classes.quiet}>Nothing: every group holds data, and what is served online is loaded.</p>;
  }
  return (
    <ul className={classes.list}>
      {failed && (
        <li>
          <Link href={`/runs/${failed.id}`}>{failed.title} failed</Link>
          <span className={classes.quiet}>{failed.error?.detail}</span>
        </li>
      )}
      {empty.map((group) => (
        <li key={group.name}>
          <Link href={groupHref(group.name)} className="mono">
            {group.name}
          </Link>
          <span className={classes.quiet}>holds no data yet</span>
        </li>
      ))}
      {unserved.map((group) => (
        <li key={group.name}>
          <Link href={groupHref(group.name)} className="mono">
            {group.name}
          </Link>
          <span className={classes.quiet}>not loaded into the online store yet</span>
        </li>
      ))}
    </ul>
  );
}

/** The newest runs, each with its state and when it was asked for. */
export function RecentRuns({ runs }: { runs: Run[] }): React.ReactElement {
  if (runs.length === 0) return <p className={classes.quiet}>Nothing has been computed yet.</p>;
  return (
    <ul className={classes.list}>
      {runs.map((run) => (
        <li key={run.id}>
          <Link href={`/runs/${run.id}`}>{run.title}</Link>
          <span style={{ display: "inline-flex", gap: 14 }}>
            <RunStateBadge state={run.state} />
            <span className={classes.quiet}>
              <RelativeTime at={run.createdAt} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
