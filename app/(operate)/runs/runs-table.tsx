"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { fetchJson } from "@/components/ui/fetch-json";
import { LinkButton } from "@/components/ui/link-button";
import { formatSeconds } from "@/components/ui/numbers";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { RunStateBadge } from "@/components/ui/status-badge";
import { useNow } from "@/components/ui/use-now";
import type { Page } from "@/lib/kernel/page";
import { isFinished, type ListRuns, type Run } from "@/lib/kernel/run";
import { RUN_KIND_LABELS, runProgress, runSeconds } from "./words";

const LIVE_MS = 2_000;
const QUIET_MS = 15_000;

function addressOf(query: ListRuns): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  return `/api/v1/runs?${params}`;
}

/** Runs, newest first; asked for again every 2 s while one is going, every 15 s otherwise. */
export function RunsTable({ initial, query }: { initial: Page<Run>; query: ListRuns }): React.ReactElement {
  const now = useNow();
  const asked = useQuery({
    queryKey: ["runs", query],
    queryFn: () => fetchJson<Page<Run>>(addressOf(query)),
    initialData: initial,
    placeholderData: keepPreviousData,
    refetchInterval: (state) => (state.state.data?.items.some((run) => !isFinished(run.state)) ? LIVE_MS : QUIET_MS),
  });
  const page = asked.data;
  const live = page.items.filter((run) => !isFinished(run.state)).length;
  const narrowed = query.kind !== undefined || query.state !== undefined || query.group !== undefined;
  return (
    <>
      <p style={{ margin: "0 0 8px", fontSize: 12, color: "var(--mantine-color-dimmed)" }} role="status">
        {asked.isError
          ? `The list may be out of date: ${asked.error.message}`
          : live > 0
            ? `${live} under way; the list keeps itself up to date.`
            : "Nothing is running."}
      </p>
      <DataTable
        caption="Runs"
        rows={page.items}
        rowKey={(run) => run.id}
        rowHref={(run) => `/runs/${run.id}`}
        empty={
          narrowed ? (
            <EmptyState
              title="No such run"
              action={
                <LinkButton href="/runs" variant="default">
                  Show all runs
                </LinkButton>
              }
            >
              No run has this kind and state.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing has run yet">
              <p>
                A run appears here when features are refreshed or a training set is built. Open a feature group to
                refresh it, or build a training set from a view.
              </p>
            </EmptyState>
          )
        }
        columns={[
          { key: "title", header: "Run", render: (run) => run.title },
          { key: "kind", header: "Kind", render: (run) => RUN_KIND_LABELS[run.kind] },
          { key: "state", header: "State", render: (run) => <RunStateBadge state={run.state} /> },
          { key: "progress", header: "Steps", render: (run) => <span className="number">{runProgress(run)}</span> },
          { key: "seconds", header: "Took", align: "right", render: (run) => formatSeconds(runSeconds(run, now)) },
          { key: "by", header: "Started by", render: (run) => run.requestedBy },
          { key: "at", header: "Asked for", render: (run) => <RelativeTime at={run.createdAt} /> },
          {
            key: "error",
            header: "Error",
            render: (run) => (run.error ? <span className="mono">{run.error.code}</span> : ""),
          },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
