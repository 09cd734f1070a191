import { PERSONAS, type Persona } from "@/lib/access/demo-users";
import { accountActor, type Credentials, enterProject, identify, NO_PROJECT } from "@/lib/access/identify";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";

/** What a door knows of the server it belongs to. */
export type DoorSettings = {
  /** A demonstration: whoever brings no credentials is one of its personas. */
  demo: boolean;
  /** Reached over https: cookies are bound to it. */
  secure: boolean;
};

/** Set by the server on every request, whatever the request says: the caller's address, and the path that was asked for. */
export const ADDRESS_HEADER = "x-larder-address";
export const PATH_HEADER = "x-larder-path";

/** Who may ask: members of the project, anybody signed in, or anybody. */
export type Access = "project" | "account" | "public";

type Headers = { get(name: string): string | null };

/** The name of the session's cookie; over https the browser itself binds it to this host. */
export function sessionCookie({ secure }: { secure: boolean }): string {
  return secure ? "__Host-larder_session" : "larder_session";
}
/** Cookies that hold no secret: the persona of a demonstration, the project that pages show. */
export const DEMO_COOKIE = "larder_demo";
export const PROJECT_COOKIE = "larder_project";

/** One cookie of a request, or null. */
export function readCookie(headers: Headers, name: string): string | null {
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return value.join("=") || null;
  }
  return null;
}

/** The header that sets a cookie, or with null ends it. */
export function setCookie(
  name: string,
  value: string | null,
  options: { secure: boolean; maxAgeSeconds: number },
): string {
  const age = value === null ? 0 : options.maxAgeSeconds;
  return `${name}=${value ?? ""}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${options.secure ? "; Secure" : ""}`;
}

/** What a request brings to say who sends it. */
export function credentialsOf(headers: Headers, settings: DoorSettings, requestId: string | null): Credentials {
  const authorization = headers.get("authorization");
  const persona = readCookie(headers, DEMO_COOKIE);
  return {
    bearer: authorization === null ? null : (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ""),
    session: readCookie(headers, sessionCookie(settings)),
    demo: settings.demo ? (PERSONAS.find((known): known is Persona => known === persona) ?? "admin") : null,
    from: {
      ip: headers.get(ADDRESS_HEADER),
      agent: headers.get("user-agent")?.slice(0, 300) ?? null,
      requestId,
      tokenId: null,
      sessionId: null,
    },
  };
}

/**
 * The context of one request. `access`: `project` needs a member of one; `account` somebody signed in, with a project or
 * without; `public` nobody.
 * Pages choose their project by a cookie; whoever names one, or sends a token, is not bound by it.
 */
export async function contextOf(
  base: Omit<Context, "actor" | "project">,
  sender: {
    headers: Headers;
    requestId: string | null;
    project: string | null;
    access: Access;
  },
  settings: DoorSettings,
): Promise<Context> {
  const credentials = credentialsOf(sender.headers, settings, sender.requestId);
  const identity = await identify(base.db, credentials, base.clock.now());
  if (sender.access === "account" && identity.kind === "anonymous")
    throw new LarderError("unauthenticated", "Sign in, or send an API token");
  const nowhere = { ...base, actor: accountActor(identity), project: NO_PROJECT };
  if (sender.access === "public") return nowhere;
  const chosen = credentials.bearer === null ? readCookie(sender.headers, PROJECT_COOKIE) : null;
  if (sender.project === null && chosen !== null && identity.kind !== "anonymous") {
    const entered = await enterProject(base.db, identity, chosen).catch(orNull);
    if (entered) return { ...base, ...entered };
  }
  const entering = enterProject(base.db, identity, sender.project);
  const entered = sender.access === "account" ? await entering.catch(orNull) : await entering;
  return entered ? { ...base, ...entered } : nowhere;
}

function orNull(error: unknown): null {
  if (error instanceof LarderError && error.code === "project_not_found") return null;
  throw error;
}
