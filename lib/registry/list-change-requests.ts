import { authorize, may } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { Prisma } from "@/lib/platform/db";
import { summarizeChangeRequest } from "./change-answer";
import type { ChangeRequestSummary, ListChangeRequests } from "./change-schema";
import { loadDeciders, ownRequesters } from "./deciders";
import { loadHidden } from "./mask-change";

/** Change requests, newest first. `inbox`: those that wait for the actor. */
export async function listChangeRequests(ctx: Context, input: ListChangeRequests): Promise<Page<ChangeRequestSummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where: Prisma.ChangeRequestWhereInput = {
    projectId: ctx.project.id,
    AND: [
      input.state ? { state: input.state } : {},
      input.closed ? { state: { not: "OPEN" } } : {},
      input.mine ? { requestedBy: ctx.actor.id } : {},
      input.group ? { groupName: input.group } : {},
      input.inbox ? await waitingFor(ctx) : {},
    ],
  };
  const [rows, total] = await Promise.all([
    ctx.db.changeRequest.findMany({
      where,
      orderBy: { number: "desc" },
      skip: offset,
      take: input.limit,
      include: { decisions: true },
      omit: { diff: true, impact: true },
    }),
    ctx.db.changeRequest.count({ where }),
  ]);
  const deciders = await loadDeciders(ctx, ctx.db, [...new Set(rows.map((row) => row.requestedBy))]);
  const hiddenIn = await loadHidden(ctx);
  const items = rows.map((row) => summarizeChangeRequest(ctx, row, deciders, hiddenIn(row)));
  return { items, total, nextCursor: nextCursor(offset, items.length, total) };
}

/** What the actor may decide and has not; one's own count only where nobody else could. */
async function waitingFor(ctx: Context): Promise<Prisma.ChangeRequestWhereInput> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(actor, "change.decide")) return { id: { in: [] } };
  const { onlyPerson } = await loadDeciders(ctx, ctx.db, []);
  const foreign = onlyPerson === actor.id ? {} : { requestedBy: { notIn: await ownRequesters(ctx) } };
  return { state: "OPEN", decisions: { none: { decidedBy: actor.id } }, ...foreign };
}
