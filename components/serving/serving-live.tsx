"use client";

import { useQuery } from "@tanstack/react-query";
import type { ServingOverview } from "@/lib/serving/figures-schema";
import { FactList, Section } from "../catalog/section";
import { CodeBlock } from "../ui/code-block";
import { EmptyState } from "../ui/empty-state";
import { fetchJson } from "../ui/fetch-json";
import { LinkButton } from "../ui/link-button";
import { formatCompact, formatCount, formatNumber, formatShare } from "../ui/numbers";
import { GroupWatermarks } from "./group-watermarks";
import { isQuiet, prepareServing } from "./prepare-serving";
import { ProcessTable } from "./process-table";
import classes from "./serving.module.css";
import { ServingCharts } from "./serving-charts";
import { writeMs } from "./serving-words";
import { SlowReads } from "./slow-reads";
import { StoreMark, StoreNotice } from "./store-notice";

const LIVE_MS = 2_000;

function Figures({ totals }: Pick<ServingOverview, "totals">): React.ReactElement {
  const { rate, latencyMs, errors, clientErrors, requests, cells, missing, inFlight } = totals;
  const shareOf = (part: number, all: number): string => (all === 0 ? "–" : formatShare(part / all));
  const figures: [name: string, value: string, unit?: string][] = [
    ["Rate now", formatNumber(rate), "/s"],
    ["p50", writeMs(latencyMs?.p50)],
    ["p95", writeMs(latencyMs?.p95)],
    ["p99", writeMs(latencyMs?.p99)],
    ["Server errors", shareOf(errors, requests), ` of ${formatCompact(requests)}`],
    ["Caller errors", shareOf(clientErrors, requests)],
    ["Values not there", shareOf(missing, cells), ` of ${formatCompact(cells)}`],
    ["In flight", formatCount(inFlight)],
  ];
  return (
    <dl className={classes.figures}>
      {figures.map(([name, value, unit]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {unit && value !== "–" && <small>{unit}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The data plane as it goes: asked for every two seconds while the tab is seen. */
export function ServingLive({
  initial,
  example,
}: {
  initial: ServingOverview;
  /** A request to try, when nothing was asked yet. */
  example: string;
}): React.ReactElement {
  const asked = useQuery({
    queryKey: ["serving"],
    queryFn: ({ signal }) => fetchJson<ServingOverview>("/api/v1/serving", { signal }),
    initialData: initial,
    refetchInterval: LIVE_MS,
    refetchIntervalInBackground: false,
  });
  const { totals, series, slowest, processes, groups, store } = asked.data;
  const quiet = totals.requests === 0 && isQuiet(prepareServing(series));
  return (
    <>
      <p className={classes.live} role="status">
        {asked.isError
          ? `These figures may be out of date: ${asked.error.message}`
          : "Of the last five minutes, all processes together; kept up to date every two seconds."}
      </p>
      <StoreNotice store={store} />
      {quiet ? (
        <EmptyState
          title="Nothing was asked in the last five minutes"
          action={
            <LinkButton href="/tokens" variant="default">
              API tokens
            </LinkButton>
          }
        >
          <p>Programs read features here by key, usually in less than a millisecond. Try it:</p>
          <CodeBlock code={example} language="bash" title="curl" />
        </EmptyState>
      ) : (
        <>
          <Figures totals={totals} />
          <Section title="Last five minutes" aside="in steps of five seconds, UTC">
            <ServingCharts series={series} />
          </Section>
          <Section title="Slowest reads" aside="by p95; views of this project">
            <SlowReads reads={slowest} />
          </Section>
        </>
      )}
      <Section title="Processes">
        <ProcessTable processes={processes} />
      </Section>
      <Section title="How far groups are online" aside="those that lag most first">
        <GroupWatermarks groups={groups} />
      </Section>
      <Section title="Store and caches">
        <FactList
          facts={[
            { name: "Online store", value: <StoreMark state={store.state} /> },
            { name: "Reads kept resolved", value: formatCount(totals.plans) },
            { name: "Projects kept in memory", value: formatCount(totals.catalogs) },
          ]}
        />
      </Section>
    </>
  );
}
