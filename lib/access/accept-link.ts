import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { type Tx, transaction } from "@/lib/platform/db";
import { attemptLimits } from "./attempt-limits";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { joinProject } from "./join-project";
import { holdUser } from "./last-admin";
import { findLink, hasInstanceAdmin, type Link, linkNotValid, signedInPerson, spendLink } from "./link";
import { accountExists, newAccount } from "./new-account";
import { hashPassword } from "./password";
import { checkNewPassword } from "./password-rule";
import { replacePassword } from "./replace-password";
import type { AcceptLink, Signed } from "./schema";
import { actingAs, type SessionUser, startSession } from "./start-session";

/** Any number, the same in every process: of two first admins at once, one waits and then is too late. */
const SETUP_LOCK = 7_310_522;

type Person = Awaited<ReturnType<typeof signedInPerson>>;

/**
 * Uses a link: makes the first account, joins a project (as who is signed in, or with a new account), or sets a new
 * password. Throws `link_not_valid`, `rate_limited`, `validation_failed`, `weak_password`, `already_exists`, `state_conflict`.
 */
export async function acceptLink(ctx: Context, input: AcceptLink): Promise<Signed> {
  authorize(ctx, "session.start", "link:unknown");
  const { from } = ctx.actor;
  await attemptLimits().link(from);
  const link = await findLink(ctx, input.token);
  await attemptLimits().forgiveLink(from);
  if (link.kind === "reset") return resetPassword(ctx, link, input);
  const person = link.kind === "join" ? await signedInPerson(ctx) : null;
  return person ? joinAs(ctx, link, input, person) : joinWithNewAccount(ctx, link, input);
}

async function resetPassword(ctx: Context, link: Link, input: AcceptLink): Promise<Signed> {
  refuseFields(input, ["name", "email"], "is not part of a new password");
  const { user } = link;
  if (!user) throw linkNotValid();
  const password = required(input, ["password"]).password;
  checkNewPassword(password, user.email, "/password");
  const after = await hashPassword(password);
  return transaction(ctx.db, async (tx) => {
    // The user's row first, as everywhere: two transactions that lock in different orders would block each other.
    const change = { userId: user.id, before: user.passwordHash, after, by: { linkId: link.id } };
    if (!(await replacePassword(ctx, tx, change))) throw linkNotValid();
    await spend(ctx, tx, link, user);
    await audit(actingAs(ctx, user), tx, {
      action: "password.change",
      resource: `user:${user.id}`,
      after: { link: link.id },
      projectId: null,
    });
    return startSession(ctx, tx, user, "reset_link");
  });
}

async function joinAs(ctx: Context, link: Link, input: AcceptLink, person: NonNullable<Person>): Promise<Signed> {
  const signedInAs = person.email ?? person.name;
  refuseFields(input, ["name", "email", "password"], `is for a new account; you are signed in as ${signedInAs}`);
  if (link.email !== null && link.email !== person.email)
    throw new LarderError(
      "state_conflict",
      `This invitation is for ${link.email}, and you are signed in as ${signedInAs}; sign out to use it`,
    );
  await transaction(ctx.db, async (tx) => {
    await holdUser(tx, person.id);
    await spend(ctx, tx, link, person);
    await join(ctx, tx, link, person);
  });
  return { user: { id: person.id, name: person.name }, sessionToken: null };
}

async function joinWithNewAccount(ctx: Context, link: Link, input: AcceptLink): Promise<Signed> {
  const { name, email, password } = required({ ...input, email: input.email ?? link.email ?? undefined }, [
    "name",
    "email",
    "password",
  ]);
  if (link.email !== null && link.email !== email)
    throw invalid("email", `must be ${link.email}, whom the link is for`);
  // Before the password is judged: who has an account needs no new one.
  if (await ctx.db.user.findUnique({ where: { email }, select: { id: true } })) throw accountExists();
  checkNewPassword(password, email, "/password");
  const passwordHash = await hashPassword(password);
  const instanceAdmin = link.kind === "setup";
  return transaction(ctx.db, async (tx) => {
    if (instanceAdmin) {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SETUP_LOCK}::bigint)`;
      if (await hasInstanceAdmin(tx)) throw linkNotValid();
    }
    const user = await newAccount(ctx, tx, { name, email, passwordHash, instanceAdmin });
    await spend(ctx, tx, link, user);
    await join(ctx, tx, link, user);
    return startSession(ctx, tx, user, `${link.kind}_link`);
  });
}

async function spend(ctx: Context, tx: Tx, link: Link, user: SessionUser): Promise<void> {
  await spendLink(ctx, tx, link, user.id);
  await audit(actingAs(ctx, user), tx, {
    action: "link.use",
    resource: `invitation:${link.id}`,
    after: { kind: link.kind, createdBy: link.createdBy },
    projectId: link.project?.id ?? null,
  });
}

async function join(ctx: Context, tx: Tx, link: Link, user: SessionUser): Promise<void> {
  if (!link.project || !link.role) return;
  const { role, sensitive, id } = link;
  await joinProject(ctx, tx, user, { projectId: link.project.id, role, sensitive, link: id });
}

type Field = "name" | "email" | "password";

function required<F extends Field>(input: { [K in Field]?: string | undefined }, fields: F[]): Record<F, string> {
  const missing = fields.filter((field) => input[field] === undefined);
  if (missing.length > 0)
    throw new LarderError(
      "validation_failed",
      `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} required`,
      missing.map((field): ErrorIssue => ({ code: "required", pointer: `/${field}`, detail: "is required" })),
    );
  return Object.fromEntries(fields.map((field) => [field, input[field]])) as Record<F, string>;
}

function refuseFields(input: AcceptLink, fields: Field[], detail: string): void {
  const given = fields.find((field) => input[field] !== undefined);
  if (given) throw invalid(given, detail);
}

function invalid(field: Field, detail: string): LarderError {
  return new LarderError("validation_failed", `${field} ${detail}`, [
    { code: "invalid_value", pointer: `/${field}`, detail },
  ]);
}
