import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { z } from "zod";
import { type Env, isSafeIssuer } from "@/lib/platform/env";

/** The OpenID provider of this server. */
export type OidcSettings = NonNullable<Env["oidc"]>;

/** What the browser keeps while it is at the provider, so that the answer can be told from a planted one. */
export const OidcTransaction = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });
export type OidcTransaction = z.infer<typeof OidcTransaction>;

/** Who somebody is, as the provider says. */
export type OidcClaims = {
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
};

/** Some providers write true as text. */
const Claims = z.object({
  email: z.string().nullish().catch(null),
  email_verified: z
    .union([z.literal(true), z.literal("true")])
    .nullish()
    .catch(null),
  name: z.string().nullish().catch(null),
});

const TIMEOUT_SECONDS = 8;

/** Where to send the browser, and what it must bring back. Throws when the provider does not answer. */
export async function beginOidc(
  settings: OidcSettings,
  redirectUri: string,
): Promise<{ url: URL; transaction: OidcTransaction }> {
  const config = await configure(settings);
  const transaction = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  const url = buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: "openid email profile",
    state: transaction.state,
    nonce: transaction.nonce,
    code_challenge: await calculatePKCECodeChallenge(transaction.verifier),
    code_challenge_method: "S256",
  });
  return { url, transaction };
}

/** Who came back. `answer`: the redirect URI with what the provider added. Throws unless everything about it is right. */
export async function finishOidc(
  settings: OidcSettings,
  answer: URL,
  transaction: OidcTransaction,
): Promise<OidcClaims> {
  const config = await configure(settings);
  const tokens = await authorizationCodeGrant(config, answer, {
    pkceCodeVerifier: transaction.verifier,
    expectedState: transaction.state,
    expectedNonce: transaction.nonce,
    idTokenExpected: true,
  });
  const signed = tokens.claims();
  if (!signed) throw new Error("the provider sent no ID token");
  const { iss, sub } = signed;
  let claims = Claims.parse(signed);
  if (!(claims.email && claims.email_verified) && config.serverMetadata().userinfo_endpoint)
    claims = Claims.parse(await fetchUserInfo(config, tokens.access_token, sub));
  const { email, email_verified, name } = claims;
  return {
    issuer: iss,
    subject: sub,
    email: email ?? null,
    emailVerified: Boolean(email_verified),
    name: name ?? null,
  };
}

const known = new Map<string, Promise<Configuration>>();

/** What the provider says of itself, asked once; again after a failure. */
function configure(settings: OidcSettings): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  if (!isSafeIssuer(new URL(issuer))) throw new Error(`OpenID providers are asked over https only, not ${issuer}`);
  const key = JSON.stringify([issuer, clientId, clientSecret]);
  const insecure = issuer.startsWith("http:") ? [allowInsecureRequests] : [];
  const found =
    known.get(key) ??
    discovery(new URL(issuer), clientId, undefined, authenticationOf(clientSecret), {
      execute: insecure,
      timeout: TIMEOUT_SECONDS,
    });
  known.set(key, found);
  found.catch(() => known.delete(key));
  return found;
}

/** The way to prove which client this is, out of those the provider offers; its default is the header. */
function authenticationOf(secret: string | null): ClientAuth {
  if (secret === null) return None();
  const [inBody, inHeader] = [ClientSecretPost(secret), ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const offered = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return (offered.includes("client_secret_basic") ? inHeader : inBody)(server, ...rest);
  };
}
