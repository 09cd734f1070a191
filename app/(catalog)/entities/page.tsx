import type { Metadata } from "next";
import { SearchBox } from "@/components/catalog/search-box";
import { Tags } from "@/components/catalog/section";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { listEntities } from "@/lib/registry/list-entities";
import { ListObjects } from "@/lib/registry/schema";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Entities" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** What features describe. */
export default async function EntitiesPage({ searchParams }: Props): Promise<React.ReactElement> {
  const query = ListObjects.safeParse(singleParams(await searchParams)).data ?? ListObjects.parse({});
  const ctx = await pageContext();
  const page = await listEntities(ctx, query);
  const register = may(ctx.actor, "definition.write") && (
    <LinkButton href="/entities/new">Register an entity</LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Entities"
        description="What features describe. Open one to look up everything that is known of a single key."
        action={register || undefined}
      />
      {(page.total > 0 || query.q) && <SearchBox placeholder="Search entities" />}
      <DataTable
        caption="Entities"
        rows={page.items}
        rowKey={(entity) => entity.name}
        rowHref={(entity) => `/entities/${entity.name}`}
        empty={
          query.q ? (
            <EmptyState
              title={`No entity matches “${query.q}”`}
              action={
                <LinkButton href="/entities" variant="default">
                  Show all
                </LinkButton>
              }
            >
              The search looks at names, descriptions and tags.
            </EmptyState>
          ) : (
            <EmptyState title="No entities yet" action={register || undefined}>
              <p>
                An entity is what features describe, with the keys that identify it: an airport by its code, a route by
                origin and destination.
              </p>
            </EmptyState>
          )
        }
        columns={[
          { key: "name", header: "Entity", render: (entity) => <span className="mono">{entity.name}</span> },
          {
            key: "keys",
            header: "Join keys",
            render: (entity) => (
              <span className="mono">
                {entity.joinKeys.map((key) => `${key.name} ${key.type}`).join(", ") || "none: joins on time alone"}
              </span>
            ),
          },
          { key: "features", header: "Features", align: "right", render: (entity) => formatCount(entity.featureCount) },
          {
            key: "groups",
            header: "Feature groups",
            render: (entity) => <span className="mono">{entity.groups.join(", ") || "–"}</span>,
          },
          { key: "description", header: "Description", render: (entity) => entity.description || "–" },
          { key: "owner", header: "Owner", render: (entity) => entity.owner ?? "nobody yet" },
          { key: "tags", header: "Tags", render: (entity) => <Tags tags={entity.tags} /> },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
