"use client";

import { FactList } from "@/components/catalog/section";
import { CodeBlock } from "@/components/ui/code-block";
import { formatExact } from "@/components/ui/instants";
import { LineDiffView } from "@/components/ui/line-diff-view";
import type { AuditEventSummary } from "@/lib/access/schema";
import classes from "./audit.module.css";

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function Change({ before, after }: Pick<AuditEventSummary, "before" | "after">): React.ReactElement {
  if (isThere(before) && isThere(after))
    return <LineDiffView before={pretty(before)} after={pretty(after)} titles={{ before: "Before", after: "After" }} />;
  if (isThere(after)) return <CodeBlock language="json" title="After" code={pretty(after)} />;
  if (isThere(before)) return <CodeBlock language="json" title="Before" code={pretty(before)} />;
  return <p className={classes.none}>Nothing was changed.</p>;
}

/** One entry whole: what it changed, where it came from, and its link in the chain. */
export function EventDetail({ event }: { event: AuditEventSummary }): React.ReactElement {
  const mono = (text: string | null): React.ReactElement | string =>
    text === null ? "–" : <span className="mono">{text}</span>;
  return (
    <div className={classes.columns}>
      <Change before={event.before} after={event.after} />
      <FactList
        facts={[
          { name: "When", value: formatExact(event.at) },
          { name: "Who", value: mono(event.actor.id) },
          { name: "Token", value: mono(event.tokenId) },
          { name: "Address", value: mono(event.ip) },
          { name: "Program", value: event.agent ?? "–" },
          { name: "Request", value: mono(event.requestId) },
          { name: "Entry", value: mono(event.sequence) },
          { name: "Hash", value: mono(event.hash) },
        ]}
      />
    </div>
  );
}
