import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { audit } from "./audit";
import { authorize } from "./authorize";
import type { CreateServiceAccount, ServiceAccountSummary } from "./schema";
import { summarizeServiceAccount } from "./service-account-summary";

/** Makes an account for a program. It cannot sign in; its tokens are made apart. Throws `already_exists`. */
export async function createServiceAccount(ctx: Context, input: CreateServiceAccount): Promise<ServiceAccountSummary> {
  const resource = `service_account:${input.name}`;
  authorize(ctx, "service_account.manage", resource);
  const { name, description, role, sensitive } = input;
  const now = ctx.clock.now();
  return transaction(ctx.db, async (tx) => {
    const row = await tx.serviceAccount
      .create({
        data: {
          id: newId("svc", now.getTime()),
          projectId: ctx.project.id,
          name,
          description,
          role,
          sensitive,
          createdBy: ctx.actor.id,
          createdAt: now,
        },
      })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        throw new LarderError("already_exists", `There is already a service account ${name}; choose another name`);
      });
    const after = { id: row.id, description, role, sensitive };
    await audit(ctx, tx, { action: "service_account.create", resource, after });
    return summarizeServiceAccount({ ...row, _count: { tokens: 0 } });
  });
}
