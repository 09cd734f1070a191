import Link from "next/link";
import type { IntervalSummary } from "@/lib/datasets/interval-schema";
import { DataTable } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { intervalLabel, stateWords } from "./interval-words";

/** Intervals, newest first: how each stands, its rows, and the run that computed it. */
export function IntervalTable({ items }: { items: IntervalSummary[] }): React.ReactElement {
  return (
    <DataTable
      caption="Intervals"
      rows={items}
      rowKey={(item) => item.start}
      empty={
        <EmptyState title="No interval yet">
          An interval is computed when it is over. The first one still goes on, or has not begun.
        </EmptyState>
      }
      columns={[
        {
          key: "interval",
          header: "Event time",
          render: (item) => <span className="number">{intervalLabel(item)}</span>,
        },
        { key: "state", header: "State", render: (item) => stateWords(item) },
        { key: "rows", header: "Rows", align: "right", render: (item) => formatCount(item.rowCount) },
        { key: "at", header: "Computed", render: (item) => <RelativeTime at={item.computedAt} /> },
        {
          key: "run",
          header: "Run",
          wide: true,
          render: (item) => (item.runId ? <Link href={`/runs/${item.runId}`}>open</Link> : "–"),
        },
      ]}
    />
  );
}
