import { Denied, may } from "@/lib/access/authorize";
import type { Actor } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

/** What it takes to tell who may decide the change requests of a project. */
export type Deciders = {
  /** The only person who could act in the project; null: there are several. */
  onlyPerson: string | null;
  /** By service account that made a request: the people who made the account or a token of it, and so speak through it. */
  keepers: Map<string, Set<string>>;
};

/** What the rule looks at in a request. */
export type Decidable = {
  number: number;
  requestedBy: string;
  requestedByName: string;
  decisions: readonly { decidedBy: string; verdict: string }[];
};

/** May decide, as the requester or not; or may not, and why. */
export type Stance =
  | { allowed: true; selfApproved: boolean }
  | { allowed: false; code: "forbidden" | "state_conflict"; why: string };

/** Whether the actor may say this to an open request. The requester may not, whatever their role, unless nobody else is there. */
export function stanceOf(actor: Actor, request: Decidable, verdict: "approve" | "reject", deciders: Deciders): Stance {
  const refuse = (why: string): Stance => ({ allowed: false, code: "forbidden", why });
  if (actor.kind !== "user") return refuse(`A person decides change requests; ${actor.name} is none`);
  const own = isOwn(actor.id, request.requestedBy, deciders);
  if (own && verdict === "reject")
    return refuse(`Change request ${request.number} is ${actor.name}'s own; it can be withdrawn, not rejected`);
  if (own && deciders.onlyPerson !== actor.id)
    return refuse(
      request.requestedBy === actor.id
        ? `${actor.name} made change request ${request.number}; somebody else decides it, whatever one's role`
        : `${actor.name} keeps the service account ${request.requestedByName}, which made change request ${request.number}; somebody else decides it`,
    );
  const before = request.decisions.find(({ decidedBy }) => decidedBy === actor.id);
  if (before) {
    const said = before.verdict === "approve" ? "approved" : "rejected";
    return {
      allowed: false,
      code: "state_conflict",
      why: `${actor.name} has ${said} change request ${request.number} already`,
    };
  }
  return { allowed: true, selfApproved: own };
}

/** What the actor may do with a request of this state now. */
export function actionsOf(
  actor: Actor,
  request: Decidable & { state: string },
  deciders: Deciders,
): ("approve" | "reject" | "withdraw")[] {
  if (request.state !== "OPEN") return [];
  const decides = (["approve", "reject"] as const).filter(
    (verdict) => may(actor, "change.decide") && stanceOf(actor, request, verdict, deciders).allowed,
  );
  const withdraws = request.requestedBy === actor.id && may(actor, "change.request");
  return withdraws ? [...decides, "withdraw"] : decides;
}

/** Throws unless the actor may decide; answers whether it is their own request. */
export async function requireDecider(
  ctx: Context,
  tx: Tx,
  request: Decidable,
  verdict: "approve" | "reject",
): Promise<{ selfApproved: boolean }> {
  const stance = stanceOf(ctx.actor, request, verdict, await loadDeciders(ctx, tx, [request.requestedBy]));
  if (stance.allowed) return stance;
  if (stance.code === "forbidden")
    throw new Denied("forbidden", stance.why, "change.decide", `change_request:${request.number}`);
  throw new LarderError("state_conflict", stance.why);
}

/** Loads who may decide requests of these requesters. People: enabled users who are members, or admins of the instance. */
export async function loadDeciders(ctx: Context, db: Tx, requesters: string[]): Promise<Deciders> {
  const projectId = ctx.project.id;
  const people = await db.user.findMany({
    where: { disabledAt: null, OR: [{ instanceAdmin: true }, { members: { some: { projectId } } }] },
    select: { id: true },
    take: 2,
  });
  const accounts = await db.serviceAccount.findMany({
    where: { projectId, id: { in: requesters } },
    include: { tokens: { select: { createdBy: true } } },
  });
  return {
    onlyPerson: people.length === 1 ? (people[0]?.id ?? null) : null,
    keepers: new Map(
      accounts.map(({ id, createdBy, tokens }) => [
        id,
        new Set([createdBy, ...tokens.map((token) => token.createdBy)]),
      ]),
    ),
  };
}

/** The requesters whose requests count as the actor's own: themselves, and service accounts that they keep. */
export async function ownRequesters(ctx: Context): Promise<string[]> {
  const { id } = ctx.actor;
  const accounts = await ctx.db.serviceAccount.findMany({
    where: { projectId: ctx.project.id, OR: [{ createdBy: id }, { tokens: { some: { createdBy: id } } }] },
    select: { id: true },
  });
  return [id, ...accounts.map((account) => account.id)];
}

function isOwn(actor: string, requester: string, { keepers }: Deciders): boolean {
  return requester === actor || keepers.get(requester)?.has(actor) === true;
}
