import Link from "next/link";
import type { SlowRead } from "@/lib/serving/figures-schema";
import { formatNumber } from "../ui/numbers";
import classes from "./serving.module.css";

const CALLS: Record<string, string> = {
  batch: "features by name",
  entity: "one feature of one entity",
  feast_read: "a Feast client",
  feast_push: "a push by a Feast client",
  feast_write: "a write by a Feast client",
  push: "a push",
  metrics: "metrics",
};

/** Milliseconds with their unit; an en dash when nothing was measured. */
export function writeMs(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? "–" : `${formatNumber(ms)} ms`;
}

/** What was read: a view, which leads to its page, or what was called. */
export function RouteName({ read }: { read: Pick<SlowRead, "route" | "view"> }): React.ReactElement {
  const call = CALLS[read.route] ?? read.route;
  if (read.view === null) return <span>{call}</span>;
  return (
    <span>
      <Link href={`/feature-views/${encodeURIComponent(read.view)}`} className="mono">
        {read.view}
      </Link>
      {!(read.route in CALLS) && <span className={classes.quiet}> by {call}</span>}
    </span>
  );
}
