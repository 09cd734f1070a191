"use client";

import { useEffect, useState } from "react";
import { formatCount, formatSeconds } from "../ui/numbers";
import type { SqlRun } from "./use-sql-run";
import classes from "./workbench.module.css";

/** What became of the query, in one line that screen readers hear. */
export function RunStatus({ run, stale }: { run: SqlRun | null; stale: boolean }): React.ReactElement {
  return (
    <p role="status" className={classes.status}>
      {run === null ? (
        "Nothing has run yet."
      ) : run.state === "running" ? (
        <Elapsed since={run.startedAt} />
      ) : (
        `${wordsOf(run)}${stale ? " The SQL has changed since." : ""}`
      )}
    </p>
  );
}

function wordsOf({ state, answer }: SqlRun): string {
  if (state === "cancelled") return "Cancelled.";
  if (!answer) return "It gave no rows.";
  const { rowCount, truncated, seconds, inputs } = answer;
  const rows = `${truncated ? "The first " : ""}${formatCount(rowCount)} ${rowCount === 1 ? "row" : "rows"}`;
  const from = inputs.length > 0 ? ` from ${inputs.join(", ")}` : "";
  return `${rows}${from} in ${formatSeconds(seconds)}.${truncated ? " There are more." : ""}`;
}

function Elapsed({ since }: { since: number }): React.ReactElement {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, (now - since) / 1000);
  return (
    <>
      Running…
      <span aria-hidden> {seconds.toFixed(1)} s</span>
    </>
  );
}
