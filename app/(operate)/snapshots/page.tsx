import { Group } from "@mantine/core";
import type { Metadata } from "next";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { readParams, singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { listSnapshots } from "@/lib/datasets/list-snapshots";
import { ListSnapshots, type Snapshot } from "@/lib/datasets/snapshot-schema";
import { pageContext } from "@/lib/http/page-context";
import { listFeatureGroups } from "@/lib/registry/list-feature-groups";
import { listFeatureViews } from "@/lib/registry/list-feature-views";
import { NewSnapshot } from "./new-snapshot";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Snapshots" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

function holds({ items }: Snapshot): string {
  const [first] = items;
  if (items.length === 1 && first) return `commit ${formatCount(first.commit)}`;
  return `${formatCount(items.length)} feature groups`;
}

/** Names for what groups and views held at a moment. */
export default async function SnapshotsPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const query = readParams(ListSnapshots, singleParams(await searchParams));
  const [page, groups, views] = await Promise.all([
    listSnapshots(ctx, query),
    listFeatureGroups(ctx, { limit: 200 }),
    listFeatureViews(ctx, { limit: 200 }),
  ]);
  const named = (items: { name: string }[]): string[] => items.map(({ name }) => name);
  const make = may(ctx.actor, "snapshot.write") ? (
    <NewSnapshot groups={named(groups.items)} views={named(views.items)} />
  ) : undefined;
  return (
    <>
      <PageHeader
        title="Snapshots"
        description="Names for what feature groups and views held at a moment. Nothing is copied; what a snapshot points to stays readable until the snapshot is deleted."
        action={
          <Group gap="xs">
            <LinkButton variant="default" href="/snapshots/compare">
              Compare two
            </LinkButton>
            {make}
          </Group>
        }
      />
      <DataTable
        caption="Snapshots"
        rows={page.items}
        rowKey={(snapshot) => snapshot.name}
        rowHref={(snapshot) => `/snapshots/${snapshot.name}`}
        empty={
          <EmptyState title={query.group ? `No snapshot holds ${query.group} yet` : "No snapshots yet"}>
            <p>
              Every change of a feature group is a commit that can be read and restored. A snapshot gives one of them,
              or the present ones of a whole view, a name that training sets, reads and comparisons can use.
            </p>
          </EmptyState>
        }
        columns={[
          { key: "name", header: "Snapshot", render: (snapshot) => <span className="mono">{snapshot.name}</span> },
          {
            key: "of",
            header: "Of",
            render: (snapshot) => (
              <>
                {snapshot.kind === "feature_view" ? "view " : "group "}
                <span className="mono">{snapshot.subject}</span> version {snapshot.version}
              </>
            ),
          },
          { key: "holds", header: "Holds", render: holds },
          { key: "description", header: "What for", wide: true, render: (snapshot) => snapshot.description || "–" },
          { key: "by", header: "Made by", wide: true, render: (snapshot) => snapshot.createdBy },
          { key: "created", header: "Made", render: (snapshot) => <RelativeTime at={snapshot.createdAt} /> },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
