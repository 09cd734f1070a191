import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { newLink } from "./new-link";
import type { Invite, NewLink } from "./schema";

/**
 * Makes a link that lets one person into the project, once. With an e-mail only that address may use it. Throws
 * `already_exists` for somebody who is a member.
 */
export async function inviteMember(ctx: Context, { role, sensitive, email, days }: Invite): Promise<NewLink> {
  authorize(ctx, "member.manage", `project:${ctx.project.name}`);
  const projectId = ctx.project.id;
  return transaction(ctx.db, async (tx) => {
    if (email !== undefined) {
      const member = await tx.member.findFirst({ where: { projectId, user: { email } }, select: { role: true } });
      if (member)
        throw new LarderError(
          "already_exists",
          `${email} is a member already (${member.role}); change the role instead`,
        );
    }
    const purpose = { kind: "join" as const, projectId, role, sensitive, email: email ?? null };
    const link = await newLink(ctx, tx, purpose, days * 24);
    await audit(ctx, tx, {
      action: "member.invite",
      resource: `invitation:${link.id}`,
      after: { role, sensitive, email: email ?? null, expiresAt: link.expiresAt },
    });
    return link;
  });
}
