import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { CheckStorage } from "./storage-schema";

/** Starts a run that reads every byte of every stored file of the project. */
export async function requestStorageCheck(ctx: Context, _input: CheckStorage): Promise<{ run: Run }> {
  authorize(ctx, "storage.read", `project:${ctx.project.name}`);
  return transaction(ctx.db, async (tx) => {
    const run = await queueRun(ctx, tx, {
      kind: "storage_check",
      title: "Check every stored byte",
      input: {},
      nodes: [{ id: "check", label: "Read every file and compare its hash" }],
    });
    await audit(ctx, tx, { action: "run.start", resource: `run:${run.id}`, after: { kind: run.kind } });
    return { run };
  });
}
