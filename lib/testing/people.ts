import type { Role } from "@/lib/kernel/actor";
import { newId } from "@/lib/platform/ids";
import type { TestContext } from "./context";

/** A new user who is a member of this project, as whom to act. */
export async function person(ctx: TestContext, name: string, role: Role): Promise<TestContext> {
  const id = newId("usr");
  await ctx.db.user.create({ data: { id, name } });
  await ctx.db.member.create({ data: { projectId: ctx.project.id, userId: id, role } });
  return { ...ctx, actor: { kind: "user", id, name, role } };
}

/** A new service account of this project, as which to act; `keeper` made it. */
export async function serviceAccount(ctx: TestContext, role: Role, keeper: TestContext): Promise<TestContext> {
  const id = newId("svc");
  const name = `robot_${id.slice(-8)}`;
  const data = { id, projectId: ctx.project.id, name, role, createdBy: keeper.actor.id };
  await ctx.db.serviceAccount.create({ data });
  return { ...ctx, actor: { kind: "service", id, name, role } };
}
