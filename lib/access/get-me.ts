import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { authorize, may } from "./authorize";
import { DEMO_USERS, PERSONAS } from "./demo-users";
import { roleOf } from "./identify";
import { PERMISSIONS, type Permission } from "./permissions";
import type { Me, Nothing } from "./schema";

/** Who sends the request, what they may do in the present project, and which projects are theirs. */
export async function getMe(ctx: Context, _input: Nothing): Promise<Me> {
  const { actor, project } = ctx;
  authorize(ctx, "me.read", `user:${actor.id}`);
  if (actor.kind === "anonymous") throw new LarderError("unauthenticated", "Sign in, or send an API token");
  const user = actor.kind === "user" ? await ctx.db.user.findUnique({ where: { id: actor.id } }) : null;
  const projects = await projectsOf(ctx);
  const title = projects.find(({ name }) => name === project.name)?.title ?? project.name;
  const { role, sensitive = false, instanceAdmin = false } = actor;
  const permissions = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => may(actor, permission));
  const hasCredentials = Boolean(actor.from?.sessionId ?? actor.from?.tokenId);
  return {
    user: {
      id: actor.id,
      name: actor.name,
      email: user?.email ?? null,
      kind: actor.kind,
      instanceAdmin,
      hasPassword: (user?.passwordHash ?? null) !== null,
    },
    project: project.id === "" ? null : { name: project.name, title, role, sensitive, permissions },
    projects,
    demo: hasCredentials ? null : (PERSONAS.find((persona) => DEMO_USERS[persona].id === actor.id) ?? null),
  };
}

/** A token knows its own project only; admins of the instance are admin in all. */
async function projectsOf({ db, actor, project }: Context): Promise<Me["projects"]> {
  const bound = actor.kind === "service" || Boolean(actor.from?.tokenId);
  const everywhere = actor.instanceAdmin === true || actor.kind === "system";
  const rows = await db.project.findMany({
    where: bound ? { id: project.id } : everywhere ? {} : { members: { some: { userId: actor.id } } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { name: true, title: true, members: { where: { userId: actor.id }, select: { role: true } } },
  });
  return rows.map(({ name, title, members }) => ({
    name,
    title,
    role: bound ? actor.role : everywhere ? "admin" : roleOf(members[0]?.role),
  }));
}
