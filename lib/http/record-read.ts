import type { Context } from "@/lib/platform/context";
import type { Vectors } from "@/lib/serving/answer-text";
import { processRecorder } from "@/lib/serving/process-recorder";

const reads = new WeakMap<Request, { projectId: string; vectors: Vectors; missing: number }>();

/** Counts what an online read gave, by feature and caller. */
export function recordServed(ctx: Context, request: Request, vectors: Vectors): void {
  const missing = processRecorder()?.served(vectors, ctx, ctx.clock.now()) ?? 0;
  reads.set(request, { projectId: ctx.project.id, vectors, missing });
}

/** Counts an online read that was answered, or refused, with a status. */
export function recordRead(request: Request, answered: { route: string; status: number; seconds: number }): void {
  const read = reads.get(request);
  const entities = read?.vectors.ids.length ?? 0;
  processRecorder()?.request({
    ...answered,
    view: read?.vectors.plan.view ?? null,
    entities,
    cells: entities * (read?.vectors.plan.columns.length ?? 0),
    missing: read?.missing ?? 0,
    ...(read ? { projectId: read.projectId } : {}),
  });
}
