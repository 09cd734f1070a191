import type { Metadata } from "next";
import Link from "next/link";
import { CATCH_UP_WORDS, scheduleWords } from "@/components/registry/timing-draft";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { readParams, singleParams } from "@/components/ui/search-params";
import { RunStateBadge } from "@/components/ui/status-badge";
import { pageContext } from "@/lib/http/page-context";
import { listSchedules } from "@/lib/jobs/list-schedules";
import { ListSchedules, type ScheduleSummary } from "@/lib/jobs/schedule-schema";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Schedules" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

function Next({ row }: { row: ScheduleSummary }): React.ReactElement {
  if (!row.overdue) return <RelativeTime at={row.nextRunAt} />;
  return (
    <span style={{ color: "var(--larder-danger)" }}>
      Overdue, <RelativeTime at={row.nextRunAt} />
    </span>
  );
}

function Last({ row }: { row: ScheduleSummary }): React.ReactElement {
  if (!row.last) return <span>–</span>;
  return (
    <span style={{ display: "inline-flex", flexWrap: "wrap", gap: "0 10px", alignItems: "center" }}>
      <RelativeTime at={row.last.scheduledFor} />
      {row.last.run && (
        <Link href={`/runs/${row.last.run.id}`} aria-label={`Last scheduled run of ${row.group}`}>
          <RunStateBadge state={row.last.run.state} />
        </Link>
      )}
    </span>
  );
}

/** What is refreshed by itself: when it comes next, how it went last, and what was missed. */
export default async function SchedulesPage({ searchParams }: Props): Promise<React.ReactElement> {
  const query = readParams(ListSchedules, singleParams(await searchParams));
  const page = await listSchedules(await pageContext(), query);
  return (
    <>
      <PageHeader
        title="Schedules"
        breadcrumbs={[{ label: "Runs", href: "/runs" }]}
        description="Feature groups that are refreshed by themselves, the next to come first."
      />
      <DataTable
        caption="Schedules"
        rows={page.items}
        rowKey={(row) => row.group}
        rowHref={(row) => `/feature-groups/${row.group}`}
        empty={
          <EmptyState
            title="Nothing is refreshed by itself"
            action={
              <LinkButton href="/feature-groups" variant="default">
                Feature groups
              </LinkButton>
            }
          >
            A feature group with a schedule is recomputed at its ticks. Open one and edit it to give it a schedule.
          </EmptyState>
        }
        columns={[
          { key: "group", header: "Feature group", render: (row) => <span className="mono">{row.group}</span> },
          { key: "schedule", header: "Schedule", render: (row) => scheduleWords(row.schedule) },
          { key: "next", header: "Next", render: (row) => <Next row={row} /> },
          { key: "last", header: "Last", render: (row) => <Last row={row} /> },
          {
            key: "missed",
            header: "Missed in 30 days",
            align: "right",
            render: (row) => <span className="number">{formatCount(row.missed)}</span>,
          },
          {
            key: "catchUp",
            header: "Makes up for missed ticks",
            wide: true,
            render: (row) => CATCH_UP_WORDS[row.schedule.catchUp].label.toLowerCase(),
          },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
