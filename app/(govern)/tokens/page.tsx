import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { scopeChoices } from "@/components/access/scopes";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkTabs } from "@/components/ui/link-tabs";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { readParams, singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { getPermissionTable } from "@/lib/access/get-permission-table";
import { listTokens } from "@/lib/access/list-tokens";
import { ListTokens } from "@/lib/access/schema";
import { pageContext } from "@/lib/http/page-context";
import { NewTokenButton } from "./new-token-button";
import { TokensTable } from "./tokens-table";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "API tokens" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Tokens of one's own; for admins those of everybody. */
export default async function TokensPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const params = singleParams(await searchParams);
  const keepsAll = may(ctx.actor, "service_account.manage");
  const all = keepsAll && params.owner === "all";
  const query = { ...readParams(ListTokens, params), all };
  const page = await orForbidden(ctx, listTokens(ctx, query));
  if (page instanceof Forbidden) return <NoPermission title="API tokens" detail={page.detail} />;
  const table = await getPermissionTable(ctx, {});
  const { role, sensitive = false } = ctx.actor;
  const create = <NewTokenButton choices={scopeChoices(table.scopes, table.items, { role, sensitive })} />;
  return (
    <>
      <PageHeader
        title="API tokens"
        description="For programs that act in your name, in this project. A token never reaches further than its scopes and your role."
        action={create}
      />
      {keepsAll && (
        <LinkTabs
          param="owner"
          label="Whose tokens"
          current={all ? "all" : "mine"}
          tabs={[
            { value: "mine", label: "Mine" },
            { value: "all", label: "Everybody's" },
          ]}
        />
      )}
      <TokensTable
        tokens={page.items}
        all={all}
        empty={
          <EmptyState title={all ? "Nobody has a token yet" : "You have no tokens yet"} action={create}>
            <p>
              Make one for a notebook, a script or a pipeline, and send it as <code>Authorization: Bearer …</code>. Its
              secret is shown once.
            </p>
          </EmptyState>
        }
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
