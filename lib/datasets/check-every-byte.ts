import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { RunReporter } from "@/lib/platform/runs";
import { reportOf } from "./check-storage";
import { loadStored } from "./load-stored";

const AT_ONCE = 20;

/** Reads every byte of every file that the database names and keeps the report. Answers how many files are damaged. */
export async function checkEveryByte(
  ctx: Context,
  input: { runId: string },
  report: RunReporter,
): Promise<{ files: number; bytes: number; problems: number }> {
  authorize(ctx, "storage.read", `project:${ctx.project.name}`);
  const { files } = await loadStored(ctx);
  const damage: { path: string; what: string }[] = [];
  await report.node("check", async (onRows) => {
    for (let done = 0; done < files.length; done += AT_ONCE) {
      const some = files.slice(done, done + AT_ONCE);
      damage.push(...(await ctx.offline.checkFiles(some, true, { signal: report.signal })));
      onRows(done + some.length);
    }
    return { rows: files.length, detail: damage.length === 0 ? "all whole" : `${damage.length} damaged` };
  });
  const found = reportOf(files, damage, { deep: true, checkedAt: ctx.clock.now() });
  for (const { path, what } of found.problems) report.log("error", `${path} ${what}`);
  await transaction(ctx.db, async (tx) => {
    const { checkedAt, deep } = found;
    const data = { id: newId("chk"), projectId: ctx.project.id, deep, report: found, runId: input.runId, checkedAt };
    await tx.storageCheck.create({ data });
    await audit(ctx, tx, {
      action: "storage.check",
      resource: `project:${ctx.project.name}`,
      after: { files: found.files, problems: found.problems.length },
    });
  });
  return { files: found.files, bytes: found.bytes, problems: found.problems.length };
}
