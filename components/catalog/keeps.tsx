"use client";

import { formatDuration } from "@/lib/kernel/time";
import { formatDay } from "../ui/instants";
import { formatAge } from "../ui/numbers";
import { useNow } from "../ui/use-now";
import { keepsShare } from "./glance-words";
import classes from "./label.module.css";

/** Until when values keep: the time to live after each event, and a bar that runs down after the last one. */
export function Keeps({
  ttlSeconds,
  lastEventTime,
}: {
  ttlSeconds: number | null;
  lastEventTime: string | null;
}): React.ReactElement {
  const now = useNow();
  if (!ttlSeconds) return <span>for ever (no time to live)</span>;
  const share = now === null ? null : keepsShare(lastEventTime, ttlSeconds, now);
  const left = share ? formatAge(share * ttlSeconds) : null;
  const ends = lastEventTime ? new Date(Date.parse(lastEventTime) + ttlSeconds * 1000).toISOString() : null;
  return (
    <span className={classes.keeps}>
      <span>{formatDuration(ttlSeconds)} after each event</span>
      {share !== null && (
        <>
          <span className={classes.keepsBar} aria-hidden>
            <span className={classes.keepsFill} style={{ display: "block", width: `${share * 100}%` }} />
          </span>
          <span className={classes.what}>{left ? `${left} left` : `the newest kept until ${formatDay(ends)}`}</span>
        </>
      )}
    </span>
  );
}
