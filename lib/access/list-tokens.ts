import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import type { ListTokens, TokenSummary } from "./schema";
import { summarizeToken, WITH_OWNER } from "./token-summary";

/** One's own API tokens of the project, or everybody's, the newest first; those that work no more too. */
export async function listTokens(ctx: Context, input: ListTokens): Promise<Page<TokenSummary>> {
  authorize(ctx, input.all ? "service_account.manage" : "token.manage", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, ...(input.all ? {} : { userId: ctx.actor.id }) };
  const [rows, total] = await Promise.all([
    ctx.db.apiToken.findMany({
      where,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: offset,
      take: input.limit,
      include: WITH_OWNER,
    }),
    ctx.db.apiToken.count({ where }),
  ]);
  const now = ctx.clock.now();
  const items = rows.map((row) => summarizeToken(row, now));
  return { items, nextCursor: nextCursor(offset, items.length, total), total };
}
