import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import type { MemberRow } from "./member-summary";

/** A member of the context's project, with whether they are admin of the instance. Throws `member_not_found`. */
export async function loadMember(
  ctx: Context,
  tx: Tx,
  userId: string,
): Promise<MemberRow & { instanceAdmin: boolean }> {
  const found = await tx.member.findUnique({
    where: { projectId_userId: { projectId: ctx.project.id, userId } },
    include: { user: true },
  });
  if (!found) throw new LarderError("member_not_found", `${ctx.project.name} has no member ${userId}`);
  const { role, sensitive, createdAt, user } = found;
  const { name, email, kind, disabledAt, lastSignInAt, instanceAdmin } = user;
  return { userId, name, email, kind, role, sensitive, disabledAt, createdAt, lastSignInAt, instanceAdmin };
}
