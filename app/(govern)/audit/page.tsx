import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { LinkButton } from "@/components/ui/link-button";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { readParams, singleParams, withParams } from "@/components/ui/search-params";
import { TimePager } from "@/components/ui/time-pager";
import { listAuditEvents } from "@/lib/access/list-audit-events";
import { ListAuditEvents } from "@/lib/access/schema";
import { pageContext } from "@/lib/http/page-context";
import { AuditFilter } from "./audit-filter";
import { AuditTable } from "./audit-table";
import { VerifyButton } from "./verify-button";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Audit log" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** What was done or refused, by whom, when and from where. */
export default async function AuditPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const params = singleParams(await searchParams);
  const { instanceAdmin = false } = ctx.actor;
  const query = readParams(ListAuditEvents, params);
  const instance = query.instance && instanceAdmin;
  const page = await orForbidden(ctx, listAuditEvents(ctx, { ...query, instance }));
  if (page instanceof Forbidden) return <NoPermission title="Audit log" detail={page.detail} />;
  const { actor, action, resource, outcome, since, until } = query;
  const filter = { actor, action, resource, outcome, since, until, instance: instance ? "true" : undefined };
  const chosen = Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Every change, every sign-in and every refusal. Each entry carries the hash of the one before, so that nothing can be altered or left out without a trace."
        action={
          <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }}>
            <LinkButton external variant="default" href={withParams("/api/v1/audit-events/export", "", chosen)}>
              Export JSON Lines
            </LinkButton>
            <VerifyButton />
          </div>
        }
      />
      <AuditFilter chosen={chosen} mayWiden={instanceAdmin} />
      <AuditTable
        key={JSON.stringify([chosen, query.cursor])}
        events={page.items}
        narrowed={Object.keys(chosen).some((name) => name !== "instance")}
        wide={instance}
      />
      <TimePager total={page.total} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
