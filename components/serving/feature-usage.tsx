import Link from "next/link";
import type { FeatureUsage as Usage } from "@/lib/serving/usage-schema";
import { Section } from "../catalog/section";
import { DataTable } from "../ui/data-table";
import { formatDay } from "../ui/instants";
import { formatCount, formatShare } from "../ui/numbers";
import classes from "./serving.module.css";
import { UsageChart } from "./usage-chart";

const KINDS: Record<string, string> = {
  user: "person",
  service: "service account",
  system: "Larder",
  anonymous: "nobody",
};

function Callers({ callers }: Pick<Usage, "callers">): React.ReactElement {
  return (
    <DataTable
      caption="Who reads it"
      rows={callers}
      rowKey={(caller) => `${caller.kind} ${caller.name} ${caller.requests}`}
      empty={null}
      columns={[
        {
          key: "name",
          header: "Caller",
          render: ({ name, kind }) => (
            <span>
              {name} <span className={classes.quiet}>{KINDS[kind] ?? kind}</span>
            </span>
          ),
        },
        { key: "requests", header: "Requests", align: "right", render: ({ requests }) => formatCount(requests) },
        { key: "values", header: "Values", align: "right", wide: true, render: ({ values }) => formatCount(values) },
        { key: "there", header: "There", align: "right", render: ({ presentShare }) => formatShare(presentShare) },
        { key: "last", header: "Last day", align: "right", render: ({ lastDay }) => formatDay(lastDay) },
      ]}
    />
  );
}

function Consumers({ consumers }: Pick<Usage, "consumers">): React.ReactElement {
  if (consumers.length === 0)
    return (
      <p className={classes.quiet} style={{ margin: 0, fontSize: 13 }}>
        No registered consumer reads it. Models and services that are registered are named before anything of it
        changes.
      </p>
    );
  return (
    <DataTable
      caption="Registered consumers"
      rows={consumers}
      rowKey={({ name }) => name}
      rowHref={({ name }) => `/consumers/${encodeURIComponent(name)}`}
      empty={null}
      columns={[
        { key: "name", header: "Consumer", render: ({ name }) => <span className="mono">{name}</span> },
        { key: "type", header: "Type", render: ({ type }) => type },
        {
          key: "through",
          header: "Through",
          render: ({ through }) =>
            through.length === 0 ? "directly" : <span className="mono">{through.join(", ")}</span>,
        },
        { key: "owner", header: "Owner", wide: true, render: ({ owner }) => owner ?? "–" },
      ]}
    />
  );
}

/** Who reads a feature online and how often, and who is registered as reading it. */
export function FeatureUsage({ usage }: { usage: Usage }): React.ReactElement {
  const { callers, consumers, requests, presentShare, series } = usage;
  return (
    <Section title="Usage" aside={<Link href="/consumers">All consumers</Link>}>
      {requests === 0 ? (
        <p className={classes.quiet} style={{ margin: 0, fontSize: 13 }}>
          Nobody read it online in the last {series.length} days. Reads are counted by caller as soon as they come;
          <a href="#use-it"> how to read it</a>.
        </p>
      ) : (
        <>
          <p style={{ margin: "0 0 12px", fontSize: 13 }}>
            Read by <strong>{formatCount(requests)}</strong> requests in the last {series.length} days;{" "}
            {formatShare(presentShare)} of the values were there.
          </p>
          <UsageChart series={series} />
          <h3 className={classes.heading}>Who reads it</h3>
          <Callers callers={callers} />
        </>
      )}
      <h3 className={classes.heading}>Registered consumers</h3>
      <Consumers consumers={consumers} />
    </Section>
  );
}
