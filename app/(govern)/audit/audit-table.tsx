"use client";

import { IconChevronRight } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import table from "@/components/ui/data-table.module.css";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import type { AuditEventSummary } from "@/lib/access/schema";
import classes from "./audit.module.css";
import { EventDetail } from "./event-detail";

const OUTCOMES = {
  allowed: { sign: "●", word: "Allowed", tone: "ok" },
  denied: { sign: "■", word: "Denied", tone: "danger" },
  failed: { sign: "▲", word: "Failed", tone: "warn" },
} as const;

function Outcome({ outcome }: { outcome: AuditEventSummary["outcome"] }): React.ReactElement {
  const { sign, word, tone } = OUTCOMES[outcome];
  return (
    <span className={classes.outcome} style={{ color: `var(--larder-${tone})` }}>
      <span aria-hidden>{sign}</span> {word}
    </span>
  );
}

function Row({
  event,
  wide,
  open,
  onToggle,
}: {
  event: AuditEventSummary;
  wide: boolean;
  open: boolean;
  onToggle: () => void;
}): React.ReactElement {
  return (
    <tr className={`${table.row} ${table.opens}`} onClick={onToggle}>
      <td>
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={open}
          aria-label={`Entry ${event.sequence}: ${event.action}`}
        >
          <IconChevronRight size={14} aria-hidden />
        </button>
      </td>
      <td>
        <RelativeTime at={event.at} />
      </td>
      <td>
        {event.actor.name}
        {event.actor.kind !== "user" && <span className={classes.sub}>{event.actor.kind}</span>}
        {event.tokenId && <span className={classes.sub}>by token</span>}
      </td>
      <td className="mono">{event.action}</td>
      <td className={`mono ${classes.resource}`}>{event.resource}</td>
      {wide && <td className="mono">{event.project ?? "–"}</td>}
      <td>
        <Outcome outcome={event.outcome} />
      </td>
    </tr>
  );
}

/** The entries of the log, the newest first; each opens to what it changed and where it came from. */
export function AuditTable({
  events,
  narrowed,
  wide,
}: {
  events: AuditEventSummary[];
  narrowed: boolean;
  wide: boolean;
}): React.ReactElement {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (events.length === 0)
    return (
      <EmptyState
        title={narrowed ? "No entry fits" : "Nothing has been written yet"}
        action={
          narrowed && (
            <LinkButton href="/audit" variant="default">
              Show all entries
            </LinkButton>
          )
        }
      >
        <p>An entry appears here with every change, every sign-in and every refusal.</p>
      </EmptyState>
    );
  function toggle(sequence: string): void {
    if (window.getSelection()?.toString()) return;
    setOpen((now) => {
      const next = new Set(now);
      if (!next.delete(sequence)) next.add(sequence);
      return next;
    });
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={table.region} aria-label="Audit log" tabIndex={0}>
      <table className={table.table}>
        <caption className="visually-hidden">Audit log, the newest entry first</caption>
        <thead>
          <tr>
            <th scope="col" style={{ width: 28 }}>
              <span className="visually-hidden">Details</span>
            </th>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Action</th>
            <th scope="col">What</th>
            {wide && <th scope="col">Project</th>}
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <Fragment key={event.sequence}>
              <Row event={event} wide={wide} open={open.has(event.sequence)} onToggle={() => toggle(event.sequence)} />
              {open.has(event.sequence) && (
                <tr>
                  <td colSpan={wide ? 7 : 6} className={classes.detail}>
                    <EventDetail event={event} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}
