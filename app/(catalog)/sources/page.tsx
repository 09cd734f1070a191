import type { Metadata } from "next";
import { SearchBox } from "@/components/catalog/search-box";
import { SOURCE_KINDS } from "@/components/registry/kind-words";
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
import { listSources } from "@/lib/registry/list-sources";
import { ListObjects } from "@/lib/registry/schema";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Sources" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Where rows come from. */
export default async function SourcesPage({ searchParams }: Props): Promise<React.ReactElement> {
  const query = ListObjects.safeParse(singleParams(await searchParams)).data ?? ListObjects.parse({});
  const ctx = await pageContext();
  const page = await listSources(ctx, query);
  const register = may(ctx.actor, "definition.write") && <LinkButton href="/sources/new">Register a source</LinkButton>;
  return (
    <>
      <PageHeader
        title="Sources"
        description="Where rows come from: files, tables of PostgreSQL databases, and SQL over other sources and feature groups."
        action={register || undefined}
      />
      {(page.total > 0 || query.q) && <SearchBox placeholder="Search sources" />}
      <DataTable
        caption="Sources"
        rows={page.items}
        rowKey={(source) => source.name}
        rowHref={(source) => `/sources/${source.name}`}
        empty={
          query.q ? (
            <EmptyState
              title={`No source matches “${query.q}”`}
              action={
                <LinkButton href="/sources" variant="default">
                  Show all
                </LinkButton>
              }
            >
              The search looks at names, descriptions and tags.
            </EmptyState>
          ) : (
            <EmptyState title="No sources yet" action={register || undefined}>
              <p>
                A source is where rows come from: Parquet, CSV or JSON files, a table of a PostgreSQL database, or a
                SELECT over other sources.
              </p>
            </EmptyState>
          )
        }
        columns={[
          { key: "name", header: "Source", render: (source) => <span className="mono">{source.name}</span> },
          { key: "kind", header: "Kind", render: (source) => SOURCE_KINDS[source.kind].short },
          { key: "rows", header: "Rows", align: "right", render: (source) => formatCount(source.rowCount) },
          { key: "columns", header: "Columns", align: "right", render: (source) => formatCount(source.columns.length) },
          {
            key: "eventTime",
            header: "Event time",
            render: (source) => <span className="mono">{source.eventTime ?? "–"}</span>,
          },
          {
            key: "read",
            header: "Last read",
            render: (source) => (source.readAt ? <RelativeTime at={source.readAt} /> : "not read yet"),
          },
          { key: "description", header: "Description", render: (source) => source.description || "–" },
          { key: "owner", header: "Owner", render: (source) => source.owner ?? "nobody yet" },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
