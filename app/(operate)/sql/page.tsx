import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { Workbench } from "@/components/sql/workbench";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/access/authorize";
import { listSqlRelations } from "@/lib/datasets/list-sql-relations";
import { pageContext } from "@/lib/http/page-context";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "SQL workbench" };

/** Where one tries out SQL over everything that is stored. */
export default async function SqlPage(): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const catalog = await orForbidden(ctx, listSqlRelations(ctx));
  if (catalog instanceof Forbidden) return <NoPermission title="SQL workbench" detail={catalog.detail} />;
  return (
    <>
      <PageHeader
        title="SQL workbench"
        description="Query sources and feature groups by their names, as they are now. Nothing is changed, and only you see your history."
      />
      <Workbench
        project={ctx.project.name}
        relations={catalog.relations}
        maySave={may(ctx.actor, "definition.write")}
      />
    </>
  );
}
