import { LarderError } from "@/lib/kernel/errors";
import type { Prisma, Tx } from "@/lib/platform/db";

// Locks are taken in one order everywhere: users by id, then projects by id. NO KEY UPDATE lets everybody else go on
// writing rows that belong to the project, and still only one at a time changes who its admins are.

/** Whoever changes the members of a project waits here for one another, and for changes of this user. */
export async function lockMembers(tx: Tx, projectId: string, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "User" WHERE "id" = ${userId} FOR KEY SHARE`;
  await lockProject(tx, projectId);
}

/** Whoever changes users, or who the admins of the instance are, waits here for one another. */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "User" WHERE "id" = ${userId} OR "instanceAdmin" ORDER BY "id" FOR UPDATE`;
}

/** Whoever writes what belongs to a user waits here for changes of this user. Before any row that belongs to them. */
export async function holdUser(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "User" WHERE "id" = ${userId} FOR NO KEY UPDATE`;
}

/** Throws `last_admin` unless the project has another enabled admin. After `lockMembers`. */
export async function requireOtherAdmin(tx: Tx, projectId: string, user: Leaving): Promise<void> {
  if (await hasOtherAdmin(tx, projectId, user)) return;
  throw new LarderError("last_admin", `${user.name} is the only admin of this project; make somebody else admin first`);
}

/** Throws `last_admin`, naming the projects that would be left without an enabled admin. After `lockUser`. */
export async function requireOtherAdmins(tx: Tx, user: Leaving): Promise<void> {
  const administered = await tx.member.findMany({
    where: { userId: user.id, role: "admin" },
    orderBy: { projectId: "asc" },
    select: { project: { select: { id: true, name: true } } },
  });
  const left: string[] = [];
  for (const { project } of administered) {
    await lockProject(tx, project.id);
    if (!(await hasOtherAdmin(tx, project.id, user))) left.push(project.name);
  }
  if (left.length > 0)
    throw new LarderError(
      "last_admin",
      `${user.name} is the only admin of ${left.join(", ")}; make somebody else admin there first`,
    );
}

/** Throws `last_admin` unless the instance has another enabled admin. After `lockUser`. */
export async function requireOtherInstanceAdmin(tx: Tx, user: Leaving): Promise<void> {
  if ((await tx.user.count({ where: { instanceAdmin: true, ...others(user) } })) > 0) return;
  throw new LarderError(
    "last_admin",
    `${user.name} is the only admin of the whole instance; make somebody else one first`,
  );
}

/** Who is about to be admin no more. */
export type Leaving = { id: string; name: string; kind: string };

async function lockProject(tx: Tx, projectId: string): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "Project" WHERE "id" = ${projectId} FOR NO KEY UPDATE`;
}

async function hasOtherAdmin(tx: Tx, projectId: string, user: Leaving): Promise<boolean> {
  return (await tx.member.count({ where: { projectId, role: "admin", user: others(user) } })) > 0;
}

/** Outside a demonstration nobody can sign in as one of its users, so they do not stand in for a person. */
function others({ id, kind }: Leaving): Prisma.UserWhereInput {
  return { id: { not: id }, disabledAt: null, ...(kind === "demo" ? {} : { kind: "person" }) };
}
