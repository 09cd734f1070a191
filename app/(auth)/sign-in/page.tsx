import type { Metadata } from "next";
import { oidcProblem } from "@/components/access/oidc-words";
import { LinkButton } from "@/components/ui/link-button";
import { singleParams } from "@/components/ui/search-params";
import { getSignInOptions } from "@/lib/access/get-sign-in-options";
import { pageContext } from "@/lib/http/page-context";
import { safeReturnPath } from "@/lib/http/safe-return-path";
import classes from "../auth.module.css";
import { AuthCard } from "../auth-card";
import { SignInForm } from "../sign-in-form";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Sign in, and go on to the page that was asked for. */
export default async function SignInPage({ searchParams }: Props): Promise<React.ReactElement> {
  const params = singleParams(await searchParams);
  const next = safeReturnPath(params.next);
  const { oidc, demo } = await getSignInOptions(await pageContext("public"), {});
  return (
    <AuthCard title="Sign in to Larder">
      {params.error && (
        <p className={classes.error} role="alert" style={{ marginBottom: 16 }}>
          {oidcProblem(params.error)}
        </p>
      )}
      {oidc && (
        <>
          <LinkButton
            external
            href={`${oidc.href}?next=${encodeURIComponent(next)}`}
            variant="default"
            size="sm"
            fullWidth
          >
            Sign in with {oidc.name}
          </LinkButton>
          <p className={classes.or}>or with a password</p>
        </>
      )}
      <SignInForm next={next} />
      <p className={classes.note}>
        {demo
          ? "This is a demonstration: everything is open without signing in."
          : "No account, or no way in any more? An admin can send you a link for either."}
      </p>
    </AuthCard>
  );
}
