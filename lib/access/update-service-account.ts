import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { endLinksMadeBy } from "./lost-links";
import type { ServiceAccountSummary, UpdateServiceAccount } from "./schema";
import { summarizeServiceAccount, withTokenCount } from "./service-account-summary";

/**
 * Changes what a service account is for and may do. Disabled, its tokens are refused at the next request; that is also how
 * one is given up. Throws `service_account_not_found`.
 */
export async function updateServiceAccount(ctx: Context, input: UpdateServiceAccount): Promise<ServiceAccountSummary> {
  const { id } = input;
  authorize(ctx, "service_account.manage", `service_account:${id}`);
  const now = ctx.clock.now();
  return transaction(ctx.db, async (tx) => {
    const projectId = ctx.project.id;
    await tx.$queryRaw`SELECT "id" FROM "ServiceAccount" WHERE "id" = ${id} AND "projectId" = ${projectId} FOR UPDATE`;
    const row = await tx.serviceAccount.findFirst({ where: { id, projectId }, include: withTokenCount(now) });
    if (!row) throw new LarderError("service_account_not_found", `${ctx.project.name} has no service account ${id}`);
    const { description, role, sensitive } = row;
    const before = { description, role, sensitive, disabled: row.disabledAt !== null };
    const after = {
      description: input.description ?? description,
      role: input.role ?? role,
      sensitive: input.sensitive ?? sensitive,
      disabled: input.disabled ?? before.disabled,
    };
    if ((Object.keys(after) as (keyof typeof after)[]).every((field) => after[field] === before[field]))
      return summarizeServiceAccount(row);
    const { disabled, ...rest } = after;
    const data = { ...rest, disabledAt: disabled ? (row.disabledAt ?? now) : null };
    await tx.serviceAccount.update({ where: { id }, data });
    if (disabled || after.role !== "admin") await endLinksMadeBy(ctx, tx, id, { projectId });
    const resource = `service_account:${row.name}`;
    await audit(ctx, tx, { action: "service_account.update", resource, before, after });
    return summarizeServiceAccount({ ...row, ...data });
  });
}
