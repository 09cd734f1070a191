import type { Metadata } from "next";
import { oidcProblem } from "@/components/access/oidc-words";
import { FactList, Section } from "@/components/catalog/section";
import dialog from "@/components/ui/dialog.module.css";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { singleParams } from "@/components/ui/search-params";
import { getMe } from "@/lib/access/get-me";
import { getSignInOptions } from "@/lib/access/get-sign-in-options";
import { listSessions } from "@/lib/access/list-sessions";
import { pageContext } from "@/lib/http/page-context";
import { PasswordForm } from "./password-form";
import { Sessions } from "./sessions";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Account" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** One's own account: who one is, the password, and where one is signed in. */
export default async function AccountPage({ searchParams }: Props): Promise<React.ReactElement> {
  const { error } = singleParams(await searchParams);
  const ctx = await pageContext("account");
  const [me, sessions, { oidc }] = await Promise.all([
    getMe(ctx, {}),
    listSessions(ctx, {}),
    getSignInOptions(ctx, {}),
  ]);
  const { user, projects, demo } = me;
  return (
    <>
      <PageHeader
        title="Account"
        description={
          demo
            ? "An account of the demonstration: it has no password and no sessions, and does not exist outside of it."
            : undefined
        }
      />
      <div style={{ maxWidth: 720 }}>
        <Section title="You">
          <FactList
            facts={[
              { name: "Name", value: user.name },
              { name: "E-mail", value: user.email ?? "–" },
              {
                name: "Projects",
                value:
                  projects.length === 0 ? "none" : projects.map(({ name, role }) => `${name} (${role})`).join(", "),
              },
              ...(user.instanceAdmin ? [{ name: "Beyond projects", value: "admin of this whole instance" }] : []),
            ]}
          />
        </Section>
        {user.hasPassword && (
          <Section title="Password">
            <PasswordForm email={user.email} />
          </Section>
        )}
        {oidc && !demo && (
          <Section title="Single sign-on">
            {error && (
              <p className={dialog.error} role="alert">
                {oidcProblem(error)}
              </p>
            )}
            <p>
              {user.hasPassword
                ? `Add your identity at ${oidc.name}, and sign in with it instead of the password.`
                : `You sign in with ${oidc.name}; this account has no password.`}
            </p>
            <LinkButton external variant="default" href={`${oidc.href}?link=1`}>
              {user.hasPassword ? `Add ${oidc.name}` : `Add another identity of ${oidc.name}`}
            </LinkButton>
          </Section>
        )}
        {!demo && (
          <Section title="Sessions">
            <Sessions sessions={sessions.items} />
          </Section>
        )}
      </div>
    </>
  );
}
