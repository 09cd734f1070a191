import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { ByName } from "@/lib/registry/schema";
import { requireGroup } from "./load-table";

/** Starts a run that merges the small files of a group into one. Throws `feature_group_not_found`. */
export async function requestCompaction(ctx: Context, input: ByName): Promise<{ run: Run }> {
  authorize(ctx, "history.write", `feature_group:${input.name}`);
  const { name, version } = await requireGroup(ctx, input);
  return transaction(ctx.db, async (tx) => {
    const run = await queueRun(ctx, tx, {
      kind: "compact",
      title: `Compact ${name}`,
      input: { groups: [name], name, version },
      nodes: [{ id: `compact:${name}`, label: `Merge small files of ${name}` }],
    });
    await audit(ctx, tx, { action: "run.start", resource: `run:${run.id}`, after: { kind: "compact", name, version } });
    return { run };
  });
}
