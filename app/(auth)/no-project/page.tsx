import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { LinkButton } from "@/components/ui/link-button";
import { getMe } from "@/lib/access/get-me";
import { pageContext } from "@/lib/http/page-context";
import classes from "../auth.module.css";
import { AuthCard } from "../auth-card";
import { SignOutButton } from "../sign-out-button";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "No project" };

/** For whoever is signed in and belongs to no project. */
export default async function NoProjectPage(): Promise<React.ReactElement> {
  const me = await getMe(await pageContext("account"), {});
  if (me.project) redirect("/");
  return (
    <AuthCard title="You are not a member of any project yet" lead={`Signed in as ${me.user.name}.`}>
      <p style={{ margin: 0 }}>
        {me.user.instanceAdmin
          ? "There is no project here yet. Make the first one."
          : "Ask an admin of a project for an invitation, then open its link in this browser."}
      </p>
      <div className={classes.actions} style={{ marginTop: 20 }}>
        {me.user.instanceAdmin && <LinkButton href="/projects/new">New project</LinkButton>}
        <LinkButton href="/account" variant="default">
          Account
        </LinkButton>
        <SignOutButton />
      </div>
    </AuthCard>
  );
}
