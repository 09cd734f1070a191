import type { Prisma } from "@/lib/platform/db";
import { kindOf, storedRole } from "./member-summary";
import type { UserSummary } from "./schema";

/** What a user is loaded with for `summarizeUser`. */
export const WITH_PROJECTS = {
  members: { orderBy: { project: { name: "asc" } }, include: { project: { select: { name: true } } } },
} as const satisfies Prisma.UserInclude;

/** A user as the admins of the instance see them. */
export function summarizeUser(row: Prisma.UserGetPayload<{ include: typeof WITH_PROJECTS }>): UserSummary {
  const { id, name, email, kind, instanceAdmin, disabledAt, members, createdAt, lastSignInAt } = row;
  return {
    id,
    name,
    email,
    kind: kindOf(kind),
    instanceAdmin,
    disabled: disabledAt !== null,
    projects: members.map(({ project, role }) => ({ name: project.name, role: storedRole(role) })),
    createdAt: createdAt.toISOString(),
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
  };
}
