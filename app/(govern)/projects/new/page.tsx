import type { Metadata } from "next";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { ProjectForm } from "./form";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New project" };

/** Make a project; for admins of the instance. */
export default async function NewProjectPage(): Promise<React.ReactElement> {
  const { actor } = await pageContext("account");
  if (!may(actor, "instance.manage"))
    return (
      <NoPermission
        title="New project"
        detail={`${actor.name} is ${actor.role ?? "no member"}; to make projects takes an admin of the whole instance`}
      />
    );
  return (
    <>
      <PageHeader
        title="New project"
        description="A project has its own catalog, members and audit log; nothing of one is seen from another."
      />
      <ProjectForm />
    </>
  );
}
