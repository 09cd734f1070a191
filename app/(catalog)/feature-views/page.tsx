import type { Metadata } from "next";
import { SearchBox } from "@/components/catalog/search-box";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { listFeatureViews } from "@/lib/registry/list-feature-views";
import { ListObjects } from "@/lib/registry/schema";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Feature views" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** What models read. */
export default async function FeatureViewsPage({ searchParams }: Props): Promise<React.ReactElement> {
  const query = ListObjects.safeParse(singleParams(await searchParams)).data ?? ListObjects.parse({});
  const ctx = await pageContext();
  const page = await listFeatureViews(ctx, query);
  const register = may(ctx.actor, "definition.write") && (
    <LinkButton href="/feature-views/new">Register a feature view</LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Feature views"
        description="What a model reads: chosen features of several groups under one name, the same in training and in serving."
        action={register || undefined}
      />
      {(page.total > 0 || query.q) && <SearchBox placeholder="Search feature views" />}
      <DataTable
        caption="Feature views"
        rows={page.items}
        rowKey={(view) => view.name}
        rowHref={(view) => `/feature-views/${view.name}`}
        empty={
          query.q ? (
            <EmptyState
              title={`No feature view matches “${query.q}”`}
              action={
                <LinkButton href="/feature-views" variant="default">
                  Show all
                </LinkButton>
              }
            >
              The search looks at names, descriptions and tags.
            </EmptyState>
          ) : (
            <EmptyState
              title="No feature views yet"
              action={
                register || (
                  <LinkButton href="/features" variant="default">
                    Browse features
                  </LinkButton>
                )
              }
            >
              <p>
                A feature view names the features a model reads, and how their keys map. With one, training sets and
                online reads need no list of features.
              </p>
            </EmptyState>
          )
        }
        columns={[
          { key: "name", header: "Feature view", render: (view) => <span className="mono">{view.name}</span> },
          { key: "version", header: "Version", align: "right", render: (view) => view.version },
          { key: "columns", header: "Features", align: "right", render: (view) => formatCount(view.columns.length) },
          {
            key: "groups",
            header: "Feature groups",
            render: (view) => (
              <span className="mono">{[...new Set(view.joins.map((join) => join.group))].join(", ")}</span>
            ),
          },
          { key: "spine", header: "Own spine", render: (view) => (view.spine ? "yes" : "no") },
          { key: "description", header: "Description", render: (view) => view.description || "–" },
          { key: "owner", header: "Owner", render: (view) => view.owner ?? "nobody yet" },
          { key: "updated", header: "Changed", render: (view) => <RelativeTime at={view.updatedAt} /> },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
