import { audit } from "@/lib/access/audit";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import type { ChangeRequest, Decision } from "@/lib/platform/generated/prisma/client";
import type { ChangeState } from "./change-schema";

/** A change request with what was said to it. */
export type ChangeRequestRow = ChangeRequest & { decisions: Decision[] };

/** A request by id or number. Throws `change_request_not_found`, also for those of other projects. */
export async function loadChangeRequest(ctx: Context, db: Tx, id: string): Promise<ChangeRequestRow> {
  const number = /^[1-9]\d{0,8}$/.test(id) ? Number(id) : null;
  const request = await db.changeRequest.findFirst({
    where: { projectId: ctx.project.id, ...(number === null ? { id } : { number }) },
    include: { decisions: { orderBy: { decidedAt: "asc" } } },
  });
  if (request) return request;
  const detail = `There is no change request ${id.slice(0, 60)} in project ${ctx.project.name}`;
  throw new LarderError("change_request_not_found", detail);
}

/**
 * The first step of every transaction about change requests: locks the project, so that one comes after the other and
 * after changes of definitions, and tells readers that something is new. Answers the approvals that a request needs.
 */
export async function lockProject(ctx: Context, tx: Tx): Promise<number> {
  const { requiredApprovals } = await tx.project.update({
    where: { id: ctx.project.id },
    data: { revision: { increment: 1 } },
    select: { requiredApprovals: true },
  });
  return requiredApprovals;
}

/** Locks the project and loads a request that is still open. Throws `change_request_not_found`, `state_conflict`. */
export async function takeOpenRequest(ctx: Context, tx: Tx, id: string): Promise<ChangeRequestRow> {
  await lockProject(ctx, tx);
  const request = await loadChangeRequest(ctx, tx, id);
  if (request.state === "OPEN") return request;
  throw new LarderError(
    "state_conflict",
    `Change request ${request.number} is ${request.state}; only an OPEN one can still be decided or withdrawn`,
  );
}

/** Ends a request; `note` says why when nobody decided it. */
export async function closeRequest(
  ctx: Context,
  tx: Tx,
  request: { id: string },
  state: Exclude<ChangeState, "OPEN">,
  note: string | null = null,
): Promise<void> {
  await tx.changeRequest.update({
    where: { id: request.id },
    data: { state, closedAt: ctx.clock.now(), closedNote: note },
  });
}

/** Records an act on a request. */
export async function auditChange(
  ctx: Context,
  tx: Tx,
  act: "request" | "approve" | "reject" | "withdraw" | "supersede" | "conflict",
  request: Pick<ChangeRequest, "number" | "groupName" | "groupVersion" | "targetStatus" | "features">,
  more: Record<string, unknown> = {},
): Promise<void> {
  const { number, groupName, groupVersion, targetStatus } = request;
  const features = (request.features as { name: string }[]).map(({ name }) => name);
  await audit(ctx, tx, {
    action: `change.${act}`,
    resource: `change_request:${number}`,
    after: { group: groupName, version: groupVersion, features, targetStatus, ...more },
  });
}

/** Ends what waits for a definition that is another one from now on, or none. After the project was locked. */
export async function endOpenRequests(
  ctx: Context,
  tx: Tx,
  group: { groupName: string; groupVersion?: number },
  why: string,
): Promise<void> {
  const where = { ...group, projectId: ctx.project.id, state: "OPEN" };
  for (const request of await tx.changeRequest.findMany({ where, orderBy: { number: "asc" } })) {
    await closeRequest(ctx, tx, request, "CONFLICTED", why);
    await auditChange(ctx, tx, "conflict", request, { why });
  }
}
