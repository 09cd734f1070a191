import { ROLES } from "@/lib/kernel/actor";
import { nextCursor, offsetOf, type Page, type PageQuery } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import { type MemberRow, summarizeMember } from "./member-summary";
import type { MemberSummary } from "./schema";

/** The members of the project, admins first, then by name; those whose account is disabled too. */
export async function listMembers(ctx: Context, input: PageQuery): Promise<Page<MemberSummary>> {
  authorize(ctx, "member.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const projectId = ctx.project.id;
  const [rows, total] = await Promise.all([
    ctx.db.$queryRaw<MemberRow[]>`
      SELECT u."id" AS "userId", u."name", u."email", u."kind", m."role", m."sensitive", u."disabledAt", m."createdAt",
        u."lastSignInAt"
      FROM "Member" m JOIN "User" u ON u."id" = m."userId"
      WHERE m."projectId" = ${projectId}
      ORDER BY array_position(${[...ROLES].reverse()}::text[], m."role"), lower(u."name"), u."id"
      LIMIT ${input.limit} OFFSET ${offset}`,
    ctx.db.member.count({ where: { projectId } }),
  ]);
  return { items: rows.map(summarizeMember), nextCursor: nextCursor(offset, rows.length, total), total };
}
