import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { CollectGarbage } from "./storage-schema";

/** Starts a run that removes what `findRemovable` shows. */
export async function requestGarbageCollection(ctx: Context, input: CollectGarbage): Promise<{ run: Run }> {
  authorize(ctx, "storage.manage", `project:${ctx.project.name}`);
  return transaction(ctx.db, async (tx) => {
    const run = await queueRun(ctx, tx, {
      kind: "collect_garbage",
      title: input.includeOrphans ? "Remove garbage and orphans" : "Remove garbage",
      input,
      nodes: [{ id: "collect", label: "Remove files that nothing needs" }],
    });
    await audit(ctx, tx, { action: "run.start", resource: `run:${run.id}`, after: { kind: run.kind, ...input } });
    return { run };
  });
}
