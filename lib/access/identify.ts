import { type Actor, ANONYMOUS, type RequestOrigin, ROLES, type Role } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import { Name } from "@/lib/kernel/names";
import type { Context } from "@/lib/platform/context";
import type { Db } from "@/lib/platform/db";
import { DEMO_USERS, type Persona } from "./demo-users";
import { hashSecret, isSecret } from "./secret";
import { isSessionAlive, SEEN_EVERY_MS } from "./session-policy";

/** What a request brings to say who sends it. `demo`: the persona of a demonstration, null outside one. */
export type Credentials = {
  bearer: string | null;
  session: string | null;
  demo: Persona | null;
  from: RequestOrigin;
};

/** Who sends a request, before it is known in which project. */
export type Identity =
  | { kind: "anonymous"; from: RequestOrigin }
  | {
      kind: "user";
      id: string;
      name: string;
      email: string | null;
      instanceAdmin: boolean;
      sessionId: string | null;
      token: TokenLimits | null;
      demo: Persona | null;
      from: RequestOrigin;
    }
  | {
      kind: "service";
      id: string;
      name: string;
      role: Role;
      sensitive: boolean;
      token: TokenLimits;
      from: RequestOrigin;
    };

type TokenLimits = { id: string; projectId: string; scopes: readonly string[] };

/** A token that is known but does not hold any more; the doors write it to the audit log. */
export class RefusedToken extends LarderError {
  constructor(
    readonly token: { id: string; projectId: string; name: string },
    readonly from: RequestOrigin,
  ) {
    super("unauthenticated", REFUSED);
  }
}

const REFUSED = "The API token is not valid";

/** The project of an actor who has none: pages and endpoints about one's own account work in it. */
export const NO_PROJECT: Context["project"] = { id: "", name: "" };

/**
 * Finds who sends a request. A token, valid or not, makes cookies count for nothing. Asks the database every time, so that
 * a revoked token, an ended session, or a disabled user is out at the next request.
 * Throws `unauthenticated` for credentials that do not hold, always with the same words.
 */
export async function identify(db: Db, credentials: Credentials, now: Date): Promise<Identity> {
  const { bearer, session, demo, from } = credentials;
  if (bearer !== null) return identifyToken(db, bearer, from, now, demo !== null);
  if (session !== null) {
    const identity = await identifySession(db, session, from, now);
    if (identity) return identity;
  }
  if (demo !== null) {
    const { id, name, instanceAdmin } = DEMO_USERS[demo];
    return { kind: "user", id, name, email: null, instanceAdmin, sessionId: null, token: null, demo, from };
  }
  return { kind: "anonymous", from };
}

/**
 * The actor that an identity is in a project. Without a name: the token's project, else the oldest one they belong to.
 * Throws `unauthenticated` for nobody, `project_not_found` for a project they do not belong to.
 */
export async function enterProject(
  db: Db,
  identity: Identity,
  name: string | null,
): Promise<{ actor: Actor; project: Context["project"] }> {
  if (identity.kind === "anonymous") throw new LarderError("unauthenticated", "Sign in, or send an API token");
  const { token } = identity;
  if (name !== null && !Name.safeParse(name).success)
    throw new LarderError("project_not_found", "There is no project of that name");
  const found = await findProject(db, identity, name);
  // A token reaches no further than its owner.
  if (!found && token && name === null) throw new LarderError("unauthenticated", REFUSED);
  if (!found)
    throw new LarderError(
      "project_not_found",
      name === null ? "You are not a member of any project yet" : `There is no project ${name.slice(0, 80)}`,
    );
  const project = { id: found.id, name: found.name };
  if (identity.kind === "service") {
    const { id, role, sensitive } = identity;
    return { actor: { kind: "service", id, name: identity.name, role, sensitive, ...limits(identity) }, project };
  }
  const role = identity.instanceAdmin ? "admin" : roleOf(found.role ?? undefined);
  return { actor: { ...accountActor(identity), role, sensitive: found.sensitive ?? false }, project };
}

type Entered = { id: string; name: string; role: string | null; sensitive: boolean | null };

/** One statement, since every request asks it. */
async function findProject(
  db: Db,
  identity: Exclude<Identity, { kind: "anonymous" }>,
  name: string | null,
): Promise<Entered | undefined> {
  const bound = identity.token?.projectId ?? null;
  const everywhere = identity.kind === "service" || identity.instanceAdmin;
  const [found] = await db.$queryRaw<Entered[]>`
    SELECT p."id", p."name", m."role", m."sensitive"
    FROM "Project" p LEFT JOIN "Member" m ON m."projectId" = p."id" AND m."userId" = ${identity.id}
    WHERE (${bound}::text IS NULL OR p."id" = ${bound}) AND (${name}::text IS NULL OR p."name" = ${name})
      AND (${everywhere} OR m."userId" IS NOT NULL)
    ORDER BY p."createdAt", p."id" LIMIT 1`;
  return found;
}

/** The actor of endpoints that need no project: one's own account, and what nobody needs to sign in for. */
export function accountActor(identity: Identity): Actor {
  if (identity.kind === "anonymous") return { ...ANONYMOUS, from: identity.from };
  const { kind, id, name } = identity;
  const instanceAdmin = identity.kind === "user" && identity.instanceAdmin;
  return { kind, id, name, role: null, instanceAdmin, ...limits(identity) };
}

/** A role as the database has it. */
export function roleOf(text: string | undefined): Role | null {
  return ROLES.find((role) => role === text) ?? null;
}

function limits(identity: Exclude<Identity, { kind: "anonymous" }>): Pick<Actor, "scopes" | "from"> {
  const { token, from } = identity;
  if (token) return { scopes: token.scopes, from: { ...from, tokenId: token.id } };
  return { from: { ...from, sessionId: identity.kind === "user" ? identity.sessionId : null } };
}

async function identifyToken(
  db: Db,
  bearer: string,
  from: RequestOrigin,
  now: Date,
  demonstration: boolean,
): Promise<Identity> {
  // The checksum spares the database the question for typos.
  if (!isSecret(bearer, ["fsp", "fss"])) throw new LarderError("unauthenticated", REFUSED);
  const row = await db.apiToken.findUnique({
    where: { hash: hashSecret(bearer) },
    include: { user: true, serviceAccount: true },
  });
  if (!row) throw new LarderError("unauthenticated", REFUSED);
  const { id: tokenId, projectId, name: tokenName } = row;
  const refused = new RefusedToken({ id: tokenId, projectId, name: tokenName }, { ...from, tokenId });
  if (row.revokedAt || (row.expiresAt && row.expiresAt <= now)) throw refused;
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() >= SEEN_EVERY_MS || row.lastUsedIp !== from.ip)
    await db.apiToken.update({ where: { id: row.id }, data: { lastUsedAt: now, lastUsedIp: from.ip } });
  const token = { id: row.id, projectId: row.projectId, scopes: row.scopes };
  const { user, serviceAccount } = row;
  if (serviceAccount && !serviceAccount.disabledAt) {
    const role = roleOf(serviceAccount.role);
    if (!role) throw refused;
    const { id, name, sensitive } = serviceAccount;
    return { kind: "service", id, name, role, sensitive, token, from };
  }
  // What was made in a demonstration ends with it.
  if (!user || user.disabledAt || (user.kind === "demo" && !demonstration)) throw refused;
  const { id, name, email, instanceAdmin } = user;
  return { kind: "user", id, name, email, instanceAdmin, sessionId: null, token, demo: null, from };
}

async function identifySession(db: Db, cookie: string, from: RequestOrigin, now: Date): Promise<Identity | null> {
  if (!isSecret(cookie, ["lse"])) return null;
  const row = await db.session.findUnique({ where: { hash: hashSecret(cookie) }, include: { user: true } });
  if (!row || row.user.disabledAt || !isSessionAlive(row, now)) return null;
  if (now.getTime() - row.lastSeenAt.getTime() >= SEEN_EVERY_MS)
    await db.session.updateMany({ where: { id: row.id }, data: { lastSeenAt: now } });
  const { id, name, email, instanceAdmin } = row.user;
  return { kind: "user", id, name, email, instanceAdmin, sessionId: row.id, token: null, demo: null, from };
}
