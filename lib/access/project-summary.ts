import type { Actor, Role } from "@/lib/kernel/actor";
import type { Prisma } from "@/lib/platform/db";
import { roleOf } from "./identify";
import type { ProjectSummary } from "./schema";

/** What a project is loaded with for `summarizeProject`. */
export function withMembership(actor: Actor) {
  return {
    members: { where: { userId: actor.id }, select: { role: true } },
    _count: { select: { members: true } },
  } as const satisfies Prisma.ProjectInclude;
}

/** A project as the actor sees it, who is admin in every one as admin of the instance. */
export function summarizeProject(
  row: Prisma.ProjectGetPayload<{ include: ReturnType<typeof withMembership> }>,
  actor: Actor,
): ProjectSummary {
  const { name, title, description, requiredApprovals, members, createdAt, _count } = row;
  return {
    name,
    title,
    description,
    requiredApprovals,
    role: everywhere(actor) ? "admin" : actor.kind === "service" ? actor.role : memberRole(members),
    members: _count.members,
    createdAt: createdAt.toISOString(),
  };
}

/** Whether the actor is admin in every project, a member or not. */
export function everywhere({ kind, instanceAdmin }: Actor): boolean {
  return instanceAdmin === true || kind === "system";
}

function memberRole([membership]: { role: string }[]): Role | null {
  return roleOf(membership?.role);
}
