import type { Metadata } from "next";
import { GroupLabel } from "@/components/catalog/label";
import classes from "@/components/catalog/page-columns.module.css";
import { SearchBox } from "@/components/catalog/search-box";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { readParams, singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { listFeatureGroups } from "@/lib/registry/list-feature-groups";
import { ListObjects } from "@/lib/registry/schema";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Feature groups" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** All feature groups as label cards. */
export default async function FeatureGroupsPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const input = readParams(ListObjects, singleParams(await searchParams));
  const groups = await listFeatureGroups(ctx, input);
  const register = may(ctx.actor, "definition.write") && (
    <LinkButton href="/feature-groups/new">Register a feature group</LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Feature groups"
        description="Features of one entity that are computed together, by one transformation, and keep equally long."
        action={register || undefined}
      />
      <div style={{ maxWidth: 460, marginBottom: 8 }}>
        <SearchBox placeholder="Search feature groups" />
      </div>
      <p role="status" style={{ fontSize: 13, color: "var(--mantine-color-dimmed)" }}>
        {formatCount(groups.total)} {groups.total === 1 ? "feature group" : "feature groups"}
        {input.q && " match"}
      </p>
      {groups.items.length === 0 ? (
        <EmptyState
          title={input.q ? "No feature group matches" : "No feature groups yet"}
          action={
            input.q ? (
              <LinkButton href="/feature-groups">Show all</LinkButton>
            ) : (
              register || (
                <LinkButton href="/api/v1/docs" external>
                  API docs
                </LinkButton>
              )
            )
          }
        >
          {input.q
            ? "Try a part of its name."
            : "Begin with a CSV or Parquet file, or with a source that is here already: five steps lead to features."}
        </EmptyState>
      ) : (
        <div className={classes.cards}>
          {groups.items.map((group) => (
            <GroupLabel key={group.id} group={group} size="card" />
          ))}
        </div>
      )}
      <Pager total={groups.total} limit={input.limit} cursor={input.cursor} nextCursor={groups.nextCursor} />
    </>
  );
}
