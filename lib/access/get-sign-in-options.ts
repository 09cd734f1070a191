import { type Context, currentEnv } from "@/lib/platform/context";
import type { Env } from "@/lib/platform/env";
import { authorize } from "./authorize";
import type { Nothing, SignInOptions } from "./schema";

/** Where a browser starts to sign in with the OpenID provider; `?next=` says where to go afterwards. */
const OIDC_START = "/api/v1/auth/oidc/start";

/** How one can sign in to this server. */
export async function getSignInOptions(
  ctx: Context,
  _input: Nothing,
  settings: Pick<Env, "demo" | "oidc"> = currentEnv(),
): Promise<SignInOptions> {
  authorize(ctx, "session.start", "user:unknown");
  const { demo, oidc } = settings;
  return { demo: demo === "on", oidc: oidc ? { name: oidc.name, href: OIDC_START } : null };
}
