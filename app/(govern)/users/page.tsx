import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { readParams, singleParams } from "@/components/ui/search-params";
import { listUsers } from "@/lib/access/list-users";
import { pageContext } from "@/lib/http/page-context";
import { PageQuery } from "@/lib/kernel/page";
import { UsersTable } from "./users-table";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Users" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Everybody with an account on this server, for its admins. */
export default async function UsersPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext("account");
  const query = readParams(PageQuery, singleParams(await searchParams));
  const page = await orForbidden(ctx, listUsers(ctx, query));
  if (page instanceof Forbidden) return <NoPermission title="Users" detail={page.detail} />;
  return (
    <>
      <PageHeader
        title="Users"
        description="Everybody with an account on this server, whatever their projects. Accounts are made by invitation, on a project's Members page."
      />
      <UsersTable users={page.items} self={ctx.actor.id} />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
