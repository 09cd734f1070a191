import type { Metadata } from "next";
import { FacetDrawer } from "@/components/catalog/facet-drawer";
import { chosenFacets, Facets } from "@/components/catalog/facets";
import classes from "@/components/catalog/facets.module.css";
import { FeatureTable } from "@/components/catalog/feature-table";
import { SearchBox } from "@/components/catalog/search-box";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { readParams, singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { listFeatures } from "@/lib/registry/list-features";
import { ListFeatures } from "@/lib/registry/schema";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Features" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** All features: searched, narrowed, sorted and paged through the URL. */
export default async function FeaturesPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const params = singleParams(await searchParams);
  const input = readParams(ListFeatures, params);
  const list = await listFeatures(ctx, input);
  const chosen = chosenFacets(params);
  const register = may(ctx.actor, "definition.write") && (
    <LinkButton href="/feature-groups/new">Register features</LinkButton>
  );
  const narrowed = chosen.length > 0 || input.q !== undefined;
  const facets = <Facets path="/features" params={params} facets={list.facets} />;
  return (
    <>
      <PageHeader
        title="Features"
        description="One column of a feature group each: described, dated, measured, and served online."
        action={register || undefined}
      />
      <div className={classes.layout}>
        <aside aria-label="Filters">{facets}</aside>
        <div>
          <div className={classes.bar}>
            <SearchBox placeholder="Search by name, description, tag or owner" />
            <div className={classes.narrow}>
              <FacetDrawer chosen={chosen.length}>{facets}</FacetDrawer>
            </div>
          </div>
          <p className={classes.total} role="status">
            {formatCount(list.total)} {list.total === 1 ? "feature" : "features"}
            {narrowed && " match"}
          </p>
          <FeatureTable
            caption="Features"
            features={list.items}
            sort={input.sort === "relevance" ? undefined : { key: input.sort, order: input.order }}
            empty={
              narrowed ? (
                <EmptyState
                  title="No feature matches"
                  action={<LinkButton href="/features">Show all features</LinkButton>}
                >
                  Search finds names, descriptions, tags and owners, also with a typing error. Try fewer words or take a
                  filter away.
                </EmptyState>
              ) : (
                <EmptyState
                  title="No features yet"
                  action={
                    register || (
                      <LinkButton href="/api/v1/docs" external>
                        API docs
                      </LinkButton>
                    )
                  }
                >
                  A feature is a column of a feature group. Register a group, and its features appear here.
                </EmptyState>
              )
            }
          />
          <Pager total={list.total} limit={input.limit} cursor={input.cursor} nextCursor={list.nextCursor} />
        </div>
      </div>
    </>
  );
}
