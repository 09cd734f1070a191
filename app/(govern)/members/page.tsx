import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { Section } from "@/components/catalog/section";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { readParams, singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { getPermissionTable } from "@/lib/access/get-permission-table";
import { listInvitations } from "@/lib/access/list-invitations";
import { listMembers } from "@/lib/access/list-members";
import { listServiceAccounts } from "@/lib/access/list-service-accounts";
import { pageContext } from "@/lib/http/page-context";
import { PageQuery } from "@/lib/kernel/page";
import { Invitations } from "./invitations";
import { InviteButton } from "./invite-dialog";
import { MembersTable } from "./members-table";
import { ServiceAccounts } from "./service-accounts";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Members" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Who may do what in this project: people, invitations that are open, and programs. */
export default async function MembersPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const query = readParams(PageQuery, singleParams(await searchParams));
  const members = await orForbidden(ctx, listMembers(ctx, query));
  if (members instanceof Forbidden) return <NoPermission title="Members" detail={members.detail} />;
  const manages = may(ctx.actor, "member.manage");
  const [invitations, accounts, table] = await Promise.all([
    manages ? listInvitations(ctx, {}) : null,
    may(ctx.actor, "service_account.manage") ? listServiceAccounts(ctx, {}) : null,
    getPermissionTable(ctx, {}),
  ]);
  return (
    <>
      <PageHeader
        title="Members"
        description={
          manages
            ? "Who may do what in this project. A change counts from the next request on."
            : "Who may do what in this project. Its admins invite people and change their roles."
        }
        action={manages && <InviteButton />}
      />
      <MembersTable members={members.items} manages={manages} self={ctx.actor.id} />
      <Pager total={members.total} limit={query.limit} cursor={query.cursor} nextCursor={members.nextCursor} />
      {invitations && invitations.items.length > 0 && (
        <div style={{ marginTop: 40 }}>
          <Section title="Open invitations">
            <Invitations invitations={invitations.items} />
          </Section>
        </div>
      )}
      {accounts && (
        <div style={{ marginTop: 40 }}>
          <ServiceAccounts accounts={accounts.items} permissions={table} />
        </div>
      )}
    </>
  );
}
