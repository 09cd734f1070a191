import { nextCursor, offsetOf, type Page, type PageQuery } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import type { ServiceAccountSummary } from "./schema";
import { summarizeServiceAccount, withTokenCount } from "./service-account-summary";

/** The service accounts of the project by name, disabled ones too, each with how many of its tokens work. */
export async function listServiceAccounts(
  ctx: Context,
  { limit = 200, cursor }: Partial<PageQuery>,
): Promise<Page<ServiceAccountSummary>> {
  authorize(ctx, "service_account.manage", `project:${ctx.project.name}`);
  const offset = offsetOf(cursor);
  const where = { projectId: ctx.project.id };
  const [rows, total] = await Promise.all([
    ctx.db.serviceAccount.findMany({
      where,
      orderBy: { name: "asc" },
      skip: offset,
      take: limit,
      include: withTokenCount(ctx.clock.now()),
    }),
    ctx.db.serviceAccount.count({ where }),
  ]);
  const items = rows.map(summarizeServiceAccount);
  return { items, nextCursor: nextCursor(offset, items.length, total), total };
}
