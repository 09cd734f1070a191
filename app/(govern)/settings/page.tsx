import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { FactList, Section } from "@/components/catalog/section";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { may } from "@/lib/access/authorize";
import { getPermissionTable } from "@/lib/access/get-permission-table";
import { getProject } from "@/lib/access/get-project";
import { pageContext } from "@/lib/http/page-context";
import { PermissionMatrix } from "./permission-matrix";
import { ProjectForm } from "./project-form";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Settings" };

/** The project's settings, and what each role may do. */
export default async function SettingsPage(): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const project = await orForbidden(ctx, getProject(ctx, {}));
  if (project instanceof Forbidden) return <NoPermission title="Settings" detail={project.detail} />;
  const table = await getPermissionTable(ctx, {});
  const manages = may(ctx.actor, "project.manage");
  const { name, title, description, requiredApprovals, createdAt } = project;
  return (
    <>
      <PageHeader
        title="Settings"
        description={manages ? undefined : "The project, as its admins have set it up, and what each role may do."}
      />
      <Section title="Project">
        {manages ? (
          <ProjectForm
            key={`${title}/${description}/${requiredApprovals}`}
            project={{ name, title, description, requiredApprovals }}
          />
        ) : (
          <div style={{ maxWidth: 720 }}>
            <FactList
              facts={[
                { name: "Name", value: <span className="mono">{name}</span> },
                { name: "Title", value: title || "–" },
                { name: "Description", value: description || "–" },
                { name: "Required approvals", value: requiredApprovals },
                { name: "Made", value: <RelativeTime at={createdAt} /> },
              ]}
            />
          </div>
        )}
      </Section>
      <Section title="Roles and permissions">
        <PermissionMatrix rows={table.items} role={ctx.actor.role} />
      </Section>
    </>
  );
}
