import { nextCursor, offsetOf, type Page, type PageQuery } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import type { UserSummary } from "./schema";
import { summarizeUser, WITH_PROJECTS } from "./user-summary";

/** Everybody with an account, by name, with the projects they are members of. */
export async function listUsers(ctx: Context, input: PageQuery): Promise<Page<UserSummary>> {
  authorize(ctx, "instance.manage", "users:all");
  const offset = offsetOf(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.user.findMany({
      orderBy: [{ name: "asc" }, { id: "asc" }],
      skip: offset,
      take: input.limit,
      include: WITH_PROJECTS,
    }),
    ctx.db.user.count(),
  ]);
  return { items: rows.map(summarizeUser), nextCursor: nextCursor(offset, rows.length, total), total };
}
