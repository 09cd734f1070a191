import type { Metadata } from "next";
import { SearchBox } from "@/components/catalog/search-box";
import { Tags } from "@/components/catalog/section";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { readParams, singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { listConsumers } from "@/lib/registry/list-consumers";
import { ListObjects } from "@/lib/registry/schema";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Consumers" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Who reads features. */
export default async function ConsumersPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const query = readParams(ListObjects, singleParams(await searchParams));
  const page = await listConsumers(ctx, query);
  const register = may(ctx.actor, "definition.write") && (
    <LinkButton href="/consumers/new">Register a consumer</LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Consumers"
        description="Models, services and dashboards that read features: whom a change would touch, and whom to ask."
        action={page.total > 0 ? register : undefined}
      />
      {(page.total > 0 || query.q) && (
        <div style={{ marginBottom: 12 }}>
          <SearchBox placeholder="Search consumers" />
        </div>
      )}
      <DataTable
        caption="Consumers"
        rows={page.items}
        rowKey={(consumer) => consumer.name}
        rowHref={(consumer) => `/consumers/${consumer.name}`}
        empty={
          query.q ? (
            <EmptyState
              title={`No consumer matches “${query.q}”`}
              action={
                <LinkButton href="/consumers" variant="default">
                  Show all
                </LinkButton>
              }
            >
              The search looks at names, descriptions and tags.
            </EmptyState>
          ) : (
            <EmptyState title="No consumers yet" action={register}>
              <p>
                A consumer is a model, a service or a dashboard that reads features. Once it is registered, lineage
                leads to it, change requests name it with its owner, and nothing that it reads can be retired from under
                it.
              </p>
            </EmptyState>
          )
        }
        columns={[
          { key: "name", header: "Consumer", render: (consumer) => <span className="mono">{consumer.name}</span> },
          { key: "type", header: "Type", render: (consumer) => consumer.type },
          { key: "owner", header: "Owner", render: (consumer) => consumer.owner ?? "nobody yet" },
          {
            key: "views",
            header: "Feature views",
            render: (consumer) => <span className="mono">{consumer.views.join(", ") || "–"}</span>,
          },
          {
            key: "features",
            header: "Features by name",
            align: "right",
            render: (consumer) => formatCount(consumer.features.length),
          },
          { key: "description", header: "Description", wide: true, render: (consumer) => consumer.description || "–" },
          { key: "tags", header: "Tags", wide: true, render: (consumer) => <Tags tags={consumer.tags} /> },
          {
            key: "updated",
            header: "Changed",
            wide: true,
            render: (consumer) => <RelativeTime at={consumer.updatedAt} />,
          },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
