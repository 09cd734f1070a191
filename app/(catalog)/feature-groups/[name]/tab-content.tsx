import { FeatureTable } from "@/components/catalog/feature-table";
import { CommitTable, GroupRuns, MaterializationFacts } from "@/components/catalog/group-tables";
import { GroupLabel } from "@/components/catalog/label";
import classes from "@/components/catalog/page-columns.module.css";
import { FactList, Section } from "@/components/catalog/section";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/numbers";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { ValueTable } from "@/components/ui/value-table";
import { readRows } from "@/lib/datasets/read-rows";
import { listRuns } from "@/lib/jobs/list-runs";
import { formatDuration } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import type { GroupDetail } from "@/lib/registry/schema";

const PREVIEW_ROWS = 100;
const RUNS_PER_PAGE = 50;

/** The tabs of a group's page, in order. */
export const TABS = [
  { value: "overview", label: "Overview" },
  { value: "data", label: "Data" },
  { value: "commits", label: "Commits" },
  { value: "runs", label: "Runs" },
  { value: "definition", label: "Definition" },
  { value: "materialization", label: "Materialization" },
] as const;
export type Tab = (typeof TABS)[number]["value"];

async function Data({ ctx, group }: { ctx: Context; group: GroupDetail }): Promise<React.ReactElement> {
  if (group.rowCount === 0) return <EmptyState title="No data yet">Recompute the group to fill it.</EmptyState>;
  const { columns, rows } = await readRows(ctx, {
    name: group.name,
    version: group.version,
    order: "desc",
    limit: PREVIEW_ROWS,
  });
  return (
    <Section
      title="Newest rows"
      aside={`${formatCount(rows.length)} of ${formatCount(group.rowCount)}, newest event first`}
    >
      <ValueTable caption={`Newest rows of ${group.name}`} columns={columns} rows={rows} />
    </Section>
  );
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
        <CodeBlock code={group.sql} language="sql" title={`${group.name}.sql`} />
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
}: {
  tab: Tab;
  ctx: Context;
  group: GroupDetail;
  cursor?: string;
}): Promise<React.ReactElement> {
  switch (tab) {
    case "data":
      return <Data ctx={ctx} group={group} />;
    case "commits":
      return <CommitTable commits={group.commits} />;
    case "runs":
      return <Runs ctx={ctx} group={group} cursor={cursor} />;
    case "definition":
      return <Definition group={group} />;
    case "materialization":
      return <MaterializationFacts group={group} />;
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
