import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import { loadActorNames } from "./load-actor-names";
import { storedRole } from "./member-summary";
import type { InvitationSummary, Nothing } from "./schema";

/** The invitations to this project that can still be used, the newest first. Their links were shown once. */
export async function listInvitations(ctx: Context, _input: Nothing): Promise<{ items: InvitationSummary[] }> {
  authorize(ctx, "member.manage", `project:${ctx.project.name}`);
  const rows = await ctx.db.invitation.findMany({
    where: {
      projectId: ctx.project.id,
      kind: "join",
      usedAt: null,
      revokedAt: null,
      expiresAt: { gt: ctx.clock.now() },
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  const nameOf = await loadActorNames(
    ctx.db,
    rows.map(({ createdBy }) => createdBy),
  );
  return {
    items: rows.map(({ id, email, role, sensitive, createdBy, createdAt, expiresAt }) => ({
      id,
      email,
      role: storedRole(role ?? ""),
      sensitive,
      createdBy: nameOf(createdBy),
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    })),
  };
}
