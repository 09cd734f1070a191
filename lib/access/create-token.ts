import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize, Denied } from "./authorize";
import { storedRole } from "./member-summary";
import { auditedToken, newToken, type TokenPlan } from "./new-token";
import type { CreateToken, NewToken } from "./schema";
import { checkScopes, type TokenOwner } from "./token-scopes";

const DAY_MS = 24 * 60 * 60_000;

/**
 * Makes an API token for the project: one's own, or a service account's. Its secret is shown this once. Throws
 * `validation_failed` for unknown scopes, `forbidden` for those beyond its owner's role, `service_account_not_found`, and
 * `state_conflict` for a disabled service account.
 */
export async function createToken(ctx: Context, input: CreateToken): Promise<NewToken> {
  const resource = `token:${input.name}`;
  authorize(ctx, "token.manage", resource);
  const { serviceAccountId, name, scopes, days } = input;
  if (serviceAccountId !== undefined) authorize(ctx, "service_account.manage", `service_account:${serviceAccountId}`);
  const { owner, of } = serviceAccountId === undefined ? ownerHere(ctx) : await findAccount(ctx, serviceAccountId);
  const plan = { owner, name, scopes: checkScopes(of, scopes), lifetimeMs: days * DAY_MS };
  return transaction(ctx.db, async (tx) => {
    const made = await newToken(ctx, tx, plan);
    await audit(ctx, tx, { action: "token.create", resource, after: auditedToken(made) });
    return made;
  });
}

type Owner = { owner: TokenPlan["owner"]; of: TokenOwner };

function ownerHere({ actor }: Context): Owner {
  if (actor.kind !== "user")
    throw new Denied(
      "forbidden",
      `Only people have tokens of their own; ${actor.name} is none`,
      "token.manage",
      "token",
    );
  return { owner: { userId: actor.id }, of: actor };
}

async function findAccount(ctx: Context, id: string): Promise<Owner> {
  const account = await ctx.db.serviceAccount.findFirst({ where: { id, projectId: ctx.project.id } });
  if (!account) throw new LarderError("service_account_not_found", `${ctx.project.name} has no service account ${id}`);
  if (account.disabledAt)
    throw new LarderError("state_conflict", `The service account ${account.name} is disabled; enable it first`);
  const { name, sensitive } = account;
  return {
    owner: { serviceAccountId: id },
    of: { kind: "service", name, role: storedRole(account.role), sensitive },
  };
}
