import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { audit, auditAlone } from "./audit";
import { authorize } from "./authorize";
import { normalEmail } from "./email";
import { joinProject } from "./join-project";
import { type Link, pendingInvitations, signedInPerson, spendLink } from "./link";
import { newAccount } from "./new-account";
import type { OidcClaims } from "./oidc";
import { AcceptLink, type Signed } from "./schema";
import { actingAs, type SessionUser, startSession } from "./start-session";

/** Why somebody whom the provider knows may not come in; the sign-in page has a sentence for each. */
export type OidcRefusal =
  | "not_invited"
  | "email_not_verified"
  | "disabled"
  | "account_exists"
  | "already_linked"
  | "session_ended";

/** A sign-in that the provider allowed, and we do not. */
export class OidcRefused extends LarderError {
  constructor(readonly reason: OidcRefusal) {
    super("forbidden", `Signing in with the provider was refused: ${reason}`);
  }
}

/**
 * Signs in whom the OpenID provider vouches for. Known is who came before, by issuer and subject. A stranger needs an
 * invitation for their verified address, and gets a new account: an account that exists is never taken over by its address,
 * only `link`, by who is signed in to it, adds a provider's identity to one. Throws `OidcRefused`.
 */
export async function signInWithOidc(
  ctx: Context,
  { link, ...claims }: OidcClaims & { link: boolean },
): Promise<Signed> {
  authorize(ctx, "session.start", "user:unknown");
  try {
    const email = claims.email === null ? null : normalEmail(claims.email);
    if (email === null || !claims.emailVerified) throw new OidcRefused("email_not_verified");
    return link ? await linkIdentity(ctx, claims) : await enter(ctx, claims, email);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    const { issuer, subject } = claims;
    const record = {
      action: "session.start",
      resource: "user:unknown",
      after: { how: "oidc", reason, issuer, subject },
    };
    await auditAlone(ctx, { ...record, outcome: "failed", projectId: null });
    throw new OidcRefused(reason);
  }
}

async function enter(ctx: Context, claims: OidcClaims, email: string): Promise<Signed> {
  const user = await findUser(ctx, claims);
  if (user) {
    return transaction(ctx.db, async (tx) => {
      const still = { id: user.id, kind: "person", disabledAt: null };
      const { count } = await tx.user.updateMany({ where: still, data: { kind: "person" } });
      if (count === 0) throw new OidcRefused("disabled");
      return startSession(ctx, tx, user, "oidc");
    });
  }
  const invitations = await pendingInvitations(ctx, email);
  if (invitations.length === 0) throw new OidcRefused("not_invited");
  const { db } = ctx;
  if (await db.user.findUnique({ where: { email }, select: { id: true } })) throw new OidcRefused("account_exists");
  const name = AcceptLink.shape.name.safeParse(claims.name).data ?? email.split("@")[0] ?? email;
  return transaction(db, async (tx) => {
    const made = await newAccount(ctx, tx, { name, email, passwordHash: null, instanceAdmin: false });
    await addIdentity(ctx, tx, made, claims);
    for (const invitation of invitations) await accept(ctx, tx, made, invitation);
    return startSession(ctx, tx, made, "oidc");
  });
}

async function linkIdentity(ctx: Context, claims: OidcClaims): Promise<Signed> {
  const person = await signedInPerson(ctx);
  if (!person) throw new OidcRefused("session_ended");
  const present = await findUser(ctx, claims);
  if (present && present.id !== person.id) throw new OidcRefused("already_linked");
  if (!present) await transaction(ctx.db, (tx) => addIdentity(ctx, tx, person, claims));
  return { user: { id: person.id, name: person.name }, sessionToken: null };
}

async function findUser({ db }: Context, { issuer, subject }: OidcClaims): Promise<SessionUser | null> {
  const where = { issuer_subject: { issuer, subject } };
  const found = await db.identity.findUnique({ where, include: { user: { select: { id: true, name: true } } } });
  return found?.user ?? null;
}

async function addIdentity(ctx: Context, tx: Tx, user: SessionUser, { issuer, subject }: OidcClaims): Promise<void> {
  const now = ctx.clock.now();
  const data = { id: newId("idn", now.getTime()), userId: user.id, issuer, subject, createdAt: now };
  await tx.identity.create({ data }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? new OidcRefused("already_linked") : error;
  });
  await audit(actingAs(ctx, user), tx, {
    action: "identity.link",
    resource: `user:${user.id}`,
    after: { issuer, subject },
    projectId: null,
  });
}

async function accept(ctx: Context, tx: Tx, user: SessionUser, link: Link): Promise<void> {
  const { project, role, sensitive, id, kind, createdBy } = link;
  if (!project || !role) return;
  await spendLink(ctx, tx, link, user.id);
  const after = { kind, createdBy };
  await audit(actingAs(ctx, user), tx, {
    action: "link.use",
    resource: `invitation:${id}`,
    after,
    projectId: project.id,
  });
  await joinProject(ctx, tx, user, { projectId: project.id, role, sensitive, link: id });
}

/** Of two at the same moment, the later one finds the account made, or the invitation used. */
function reasonOf(error: unknown): OidcRefusal | null {
  if (error instanceof OidcRefused) return error.reason;
  if (!isLarderError(error)) return null;
  if (error.code === "already_exists") return "account_exists";
  return error.code === "link_not_valid" ? "not_invited" : null;
}
