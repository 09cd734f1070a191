import type { Role } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Db, Tx } from "@/lib/platform/db";
import { roleOf } from "./identify";
import { hashSecret, isSecret } from "./secret";

/** A link that works once, with what it is for. */
export type Link = {
  id: string;
  kind: "setup" | "join" | "reset";
  project: { id: string; name: string; title: string } | null;
  /** Whose password a reset sets. */
  user: { id: string; name: string; email: string | null; passwordHash: string | null } | null;
  /** The only address that may accept an invitation. */
  email: string | null;
  role: Role | null;
  sensitive: boolean;
  createdBy: string;
};

/** What every link that does not work answers, whatever the reason. */
export function linkNotValid(): LarderError {
  return new LarderError(
    "link_not_valid",
    "This link was used before, has expired, or is not complete; ask for a new one",
  );
}

/** The link that a secret belongs to. Throws `link_not_valid`. */
export async function findLink({ db, clock }: Pick<Context, "db" | "clock">, token: string): Promise<Link> {
  if (!isSecret(token, ["lin"])) throw linkNotValid();
  const row = await db.invitation.findUnique({
    where: { hash: hashSecret(token) },
    include: { project: { select: { id: true, name: true, title: true } }, user: true },
  });
  if (!row || row.usedAt || row.revokedAt || row.expiresAt <= clock.now()) throw linkNotValid();
  const { id, project, user, email, sensitive, createdBy } = row;
  const role = roleOf(row.role ?? undefined);
  const link = { id, project, email, role, sensitive, createdBy };
  if (row.kind === "setup" && !(await hasInstanceAdmin(db))) return { ...link, kind: "setup", user: null };
  if (row.kind === "join" && project && role) return { ...link, kind: "join", user: null };
  if (row.kind === "reset" && user && user.kind === "person" && !user.disabledAt)
    return { ...link, kind: "reset", user };
  throw linkNotValid();
}

/** The invitations that name an address and can still be accepted. */
export async function pendingInvitations({ db, clock }: Context, email: string): Promise<Link[]> {
  const rows = await db.invitation.findMany({
    where: { kind: "join", email, usedAt: null, revokedAt: null, expiresAt: { gt: clock.now() } },
    include: { project: { select: { id: true, name: true, title: true } } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return rows.map(({ id, project, role, sensitive, createdBy }) => {
    const given = roleOf(role ?? undefined);
    return { id, kind: "join", project, user: null, email, role: given, sensitive, createdBy };
  });
}

/** Uses a link up in this transaction; of several at once, one succeeds. Throws `link_not_valid`. */
export async function spendLink({ clock }: Context, tx: Tx, link: Link, userId: string): Promise<void> {
  const now = clock.now();
  const { count } = await tx.invitation.updateMany({
    where: { id: link.id, usedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now, usedBy: userId },
  });
  if (count !== 1) throw linkNotValid();
}

/** Whether somebody can sign in who is admin of the instance; the users of a demonstration do not count. */
export async function hasInstanceAdmin(db: Db | Tx): Promise<boolean> {
  const where = { kind: "person", instanceAdmin: true, disabledAt: null };
  return (await db.user.findFirst({ where, select: { id: true } })) !== null;
}

/** Who is signed in and may accept an invitation: no token, and no persona of a demonstration. */
export async function signedInPerson({
  db,
  actor,
}: Context): Promise<{ id: string; name: string; email: string | null } | null> {
  if (actor.kind !== "user" || actor.from?.tokenId) return null;
  return db.user.findFirst({
    where: { id: actor.id, kind: "person", disabledAt: null },
    select: { id: true, name: true, email: true },
  });
}
