import { FeatureTable } from "@/components/catalog/feature-table";
import { GroupRuns } from "@/components/catalog/group-tables";
import { GroupLabel } from "@/components/catalog/label";
import classes from "@/components/catalog/page-columns.module.css";
import { FactList, Section } from "@/components/catalog/section";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/numbers";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { listRuns } from "@/lib/jobs/list-runs";
import { formatDuration } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import type { GroupDetail } from "@/lib/registry/schema";
import { Commits } from "./commits";
import { Data } from "./data";
import { IntervalsTab } from "./intervals-tab";
import { MaterializationTab } from "./materialization-tab";
import { QuarantineTab } from "./quarantine-tab";
import { timingFacts } from "./timing-facts";
import { WriteTab } from "./write-tab";

const RUNS_PER_PAGE = 50;

/** Every tab of a group's page, in order. */
const TABS = [
  { value: "overview", label: "Overview" },
  { value: "data", label: "Data" },
  { value: "write", label: "Write rows" },
  { value: "quarantine", label: "Quarantine" },
  { value: "commits", label: "Commits" },
  { value: "intervals", label: "Intervals" },
  { value: "runs", label: "Runs" },
  { value: "definition", label: "Definition" },
  { value: "materialization", label: "Materialization" },
] as const;
export type Tab = (typeof TABS)[number]["value"];

/** The tabs that a group has: intervals are for groups that are computed by them, writing for those without SQL. */
export function tabsOf(group: Pick<GroupDetail, "sql" | "incremental">): { value: Tab; label: string }[] {
  return TABS.filter(({ value }) => {
    if (value === "intervals") return group.incremental !== null;
    return value !== "write" && value !== "quarantine" ? true : group.sql === null;
  });
}

async function Runs({
  ctx,
  group,
  cursor,
}: {
  ctx: Context;
  group: GroupDetail;
  cursor?: string;
}): Promise<React.ReactElement> {
  const runs = await listRuns(ctx, { group: group.name, limit: RUNS_PER_PAGE, cursor });
  return (
    <>
      <GroupRuns runs={runs.items} />
      <Pager total={runs.total} limit={RUNS_PER_PAGE} cursor={cursor} nextCursor={runs.nextCursor} />
    </>
  );
}

function Definition({ group }: { group: GroupDetail }): React.ReactElement {
  return (
    <div className={classes.columns}>
      <Section title="Transformation">
        {group.sql === null ? (
          <EmptyState title="No SQL">Its rows are written through the API.</EmptyState>
        ) : (
          <CodeBlock code={group.sql} language="sql" title={`${group.name}.sql`} />
        )}
      </Section>
      <Section title="Terms">
        <FactList
          facts={[
            {
              name: "Entity",
              value: `${group.entity} (${group.joinKeys.map((key) => `${key.name} ${key.type}`).join(", ")})`,
            },
            { name: "Event time", value: <span className="mono">{group.eventTime}</span> },
            {
              name: "Created time",
              value: group.createdTime ? <span className="mono">{group.createdTime}</span> : "none",
            },
            ...timingFacts(group),
            { name: "Time to live", value: group.ttlSeconds ? formatDuration(group.ttlSeconds) : "for ever" },
            {
              name: "Kept",
              value: [group.offline && "offline", group.online && "online"].filter(Boolean).join(" and ") || "nowhere",
            },
            {
              name: "Version",
              value: `${group.version} of ${group.versions.length > 0 ? Math.max(...group.versions) : group.version}, revision ${group.revision}`,
            },
            { name: "Owner", value: group.owner ?? "nobody yet" },
            { name: "Updated", value: <RelativeTime at={group.updatedAt} /> },
          ]}
        />
      </Section>
    </div>
  );
}

/** What the chosen tab of a group's page shows. */
export async function TabContent({
  tab,
  ctx,
  group,
  cursor,
  asked,
}: {
  tab: Tab;
  ctx: Context;
  group: GroupDetail;
  cursor?: string;
  /** Commit or snapshot whose rows are asked for, or what was put aside. */
  asked: { commit?: string; snapshot?: string; quarantine?: string };
}): Promise<React.ReactElement> {
  switch (tab) {
    case "data":
      return <Data ctx={ctx} group={group} asked={asked} />;
    case "write":
      return <WriteTab ctx={ctx} group={group} />;
    case "quarantine":
      return <QuarantineTab ctx={ctx} name={group.name} cursor={cursor} chosen={asked.quarantine} />;
    case "commits":
      return <Commits ctx={ctx} group={group} cursor={cursor} />;
    case "intervals":
      return <IntervalsTab ctx={ctx} group={group.name} cursor={cursor} />;
    case "runs":
      return <Runs ctx={ctx} group={group} cursor={cursor} />;
    case "definition":
      return <Definition group={group} />;
    case "materialization":
      return <MaterializationTab ctx={ctx} group={group} cursor={cursor} />;
    default:
      return (
        <div className={classes.roomy}>
          <Section title="Features" aside={formatCount(group.featureCount)}>
            <FeatureTable
              inGroup
              caption={`Features of ${group.name}`}
              features={group.features}
              empty={<EmptyState title="No features">The definition names none.</EmptyState>}
            />
          </Section>
          <Section title="Label">
            <GroupLabel group={group} size="card" />
          </Section>
        </div>
      );
  }
}
