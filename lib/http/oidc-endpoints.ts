import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { z } from "zod";
import { beginOidc, finishOidc, type OidcSettings, OidcTransaction } from "@/lib/access/oidc";
import { SESSION_MS } from "@/lib/access/session-policy";
import { OidcRefused, signInWithOidc } from "@/lib/access/sign-in-with-oidc";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { AppOptions, HttpEnv } from "./app-options";
import { BASE_PATH } from "./handle";
import type { Operation } from "./openapi";
import { safeReturnPath } from "./safe-return-path";
import { readCookie, sessionCookie, setCookie } from "./sender";

const START = "/auth/oidc/start";
const CALLBACK = "/auth/oidc/callback";

/** Paths below /api/v1 that browsers are sent to, and sent on from. All are GET. */
export const OIDC_PATHS = [START, CALLBACK];

/** How long one may take at the provider. */
const TRANSACTION_SECONDS = 600;

/** What the browser keeps while it is away. `session`: whose account the identity is to be added to; null: a sign-in. */
const Away = OidcTransaction.extend({ next: z.string(), session: z.string().nullable() });
type Away = z.infer<typeof Away>;

/** Adds the two steps of signing in with an OpenID provider; both answer 302. */
export function mountOidc(app: OpenAPIHono<HttpEnv>, options: AppOptions): void {
  app.get(BASE_PATH + START, (c) => start(options, c));
  app.get(BASE_PATH + CALLBACK, (c) => finish(options, c));
}

async function start(options: AppOptions, c: HonoContext<HttpEnv>): Promise<Response> {
  const settings = settingsOf(options);
  const request = c.req.raw;
  const link = c.req.query("link") === "1";
  let session: string | null = null;
  if (link) {
    refuseForeign(request);
    const ctx = await contextOf(options, c);
    session = ctx.actor.from?.sessionId ?? null;
    if (session === null) return goTo(`/sign-in?next=${encodeURIComponent("/account")}`);
  }
  const next = safeReturnPath(c.req.query("next") ?? (link ? "/account" : "/"));
  try {
    const { url, transaction } = await beginOidc(settings, redirectUri(options, request));
    return goTo(url.href, [awayCookie(options, { ...transaction, next, session })]);
  } catch (error) {
    options.log.warn({ err: error, requestId: c.get("requestId") }, "OpenID provider does not answer");
    return goTo(errorPage(link, "provider_error"));
  }
}

async function finish(options: AppOptions, c: HonoContext<HttpEnv>): Promise<Response> {
  const settings = settingsOf(options);
  const request = c.req.raw;
  const away = readAway(options, request);
  // Whatever comes of it, this answer is not taken twice.
  const forget = awayCookie(options, null);
  const link = away !== null && away.session !== null;
  const fail = (code: string): Response => goTo(errorPage(link, code), [forget]);
  if (!away) return fail("provider_error");
  const answer = new URL(redirectUri(options, request));
  answer.search = new URL(request.url).search;
  const claims = await finishOidc(settings, answer, away).catch((error: unknown) => {
    options.log.warn({ err: error, requestId: c.get("requestId") }, "sign-in with the OpenID provider failed");
    return null;
  });
  if (!claims) return fail("provider_error");
  const ctx = await contextOf(options, c);
  try {
    // Who is signed in now must be who asked: somebody else's identity would open their account.
    if (link && ctx.actor.from?.sessionId !== away.session) throw new OidcRefused("session_ended");
    const { sessionToken } = await signInWithOidc(ctx, { ...claims, link });
    const { secure } = options.door;
    const age = { secure, maxAgeSeconds: SESSION_MS / 1000 };
    const started = sessionToken === null ? [] : [setCookie(sessionCookie(options.door), sessionToken, age)];
    return goTo(safeReturnPath(away.next), [forget, ...started]);
  } catch (error) {
    if (error instanceof OidcRefused) return fail(error.reason);
    throw error;
  }
}

function settingsOf({ oidc }: AppOptions): OidcSettings {
  if (!oidc) throw new LarderError("not_found", "No OpenID provider is set up; LARDER_OIDC_ISSUER names one");
  return oidc;
}

/** Nobody in a project: signing in needs none. */
function contextOf(options: AppOptions, c: HonoContext<HttpEnv>): Promise<Context> {
  return options.contextFor({ project: null, request: c.req.raw, requestId: c.get("requestId"), access: "public" });
}

/** The Host header was checked before; nothing else of the request says where this server is. */
function redirectUri({ publicUrl }: AppOptions, request: Request): string {
  const origin = publicUrl ?? `http://${request.headers.get("host") ?? new URL(request.url).host}`;
  return origin + BASE_PATH + CALLBACK;
}

/** A GET that begins a change: a foreign page must not be able to begin it, with itself signed in at the provider. */
function refuseForeign({ headers, url }: Request): void {
  const site = headers.get("sec-fetch-site");
  const referer = headers.get("referer");
  const host = headers.get("host") ?? new URL(url).host;
  const own =
    site === null
      ? referer !== null && URL.canParse(referer) && new URL(referer).host === host
      : site === "same-origin";
  if (!own) throw new LarderError("csrf_rejected", "An identity can be added from the account page only");
}

function errorPage(link: boolean, code: string): string {
  return `${link ? "/account" : "/sign-in"}?error=${code}`;
}

function awayName({ door }: AppOptions): string {
  return door.secure ? "__Host-larder_oidc" : "larder_oidc";
}

function awayCookie(options: AppOptions, away: Away | null): string {
  const value = away && Buffer.from(JSON.stringify(away)).toString("base64url");
  return setCookie(awayName(options), value, { secure: options.door.secure, maxAgeSeconds: TRANSACTION_SECONDS });
}

function readAway(options: AppOptions, { headers }: Request): Away | null {
  try {
    const text = Buffer.from(readCookie(headers, awayName(options)) ?? "", "base64url").toString();
    return Away.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function goTo(location: string, cookies: string[] = []): Response {
  const headers = new Headers({ Location: location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 302, headers });
}

const MOVED = { description: "On to the provider, to `next`, or to /sign-in?error=<code>", content: {} };

/** The two as the OpenAPI document has them. */
export const OIDC_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: START,
    operationId: "getAuthOidcStart",
    summary: "Begin to sign in with the OpenID provider",
    tags: ["Sign-in"],
    parameters: [
      { name: "next", in: "query", schema: { type: "string" }, description: "Page to go to afterwards" },
      { name: "link", in: "query", schema: { const: "1" }, description: "Add the identity to the account signed in" },
    ],
    responses: { 302: MOVED },
  },
  {
    method: "get",
    path: CALLBACK,
    operationId: "getAuthOidcCallback",
    summary: "Where the OpenID provider sends browsers back to",
    tags: ["Sign-in"],
    responses: { 302: MOVED },
  },
];
