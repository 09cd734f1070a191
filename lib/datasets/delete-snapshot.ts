import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Done } from "@/lib/access/schema";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { requireSnapshot } from "./find-snapshot";
import { itemsOf, loadUses } from "./snapshot-rows";

/**
 * Forgets the name; the data stays until retention takes it. Throws `snapshot_not_found`, and `in_use` naming the training
 * sets that were built from it.
 */
export async function deleteSnapshot(ctx: Context, input: { name: string }): Promise<Done> {
  authorize(ctx, "snapshot.write", `snapshot:${input.name}`);
  const row = await requireSnapshot(ctx, input.name);
  await transaction(ctx.db, async (tx) => {
    const uses = await loadUses(ctx, tx, input.name);
    if (uses.length > 0)
      throw new LarderError(
        "in_use",
        `Snapshot ${input.name} cannot be deleted: ${uses.length === 1 ? "training set" : "training sets"} ${uses.slice(0, 10).join(", ")}${uses.length > 10 ? " and others" : ""} ${uses.length === 1 ? "was" : "were"} built from it`,
        uses.map((name) => ({ code: "training_set", detail: `training set ${name}` })),
      );
    await tx.snapshot.deleteMany({ where: { id: row.id } });
    await audit(ctx, tx, {
      action: "snapshot.delete",
      resource: `snapshot:${input.name}`,
      before: { kind: row.kind, subject: row.subject, version: row.version, items: itemsOf(row) },
    });
  });
  return { done: true };
}
