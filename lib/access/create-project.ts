import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { summarizeProject, withMembership } from "./project-summary";
import type { CreateProject, ProjectSummary } from "./schema";

/** Makes an empty project, whose first member and admin is whoever makes it. Throws `already_exists`. */
export async function createProject(ctx: Context, input: CreateProject): Promise<ProjectSummary> {
  const { name, title, description } = input;
  const resource = `project:${name}`;
  authorize(ctx, "instance.manage", resource);
  return transaction(ctx.db, async (tx) => {
    const id = await insertProject(ctx, tx, input);
    const { actor } = ctx;
    if (actor.kind === "user") {
      const createdAt = ctx.clock.now();
      await tx.member.create({ data: { projectId: id, userId: actor.id, role: "admin", createdAt } });
    }
    await audit(ctx, tx, { action: "project.create", resource, after: { name, title, description }, projectId: id });
    const row = await tx.project.findUniqueOrThrow({ where: { id }, include: withMembership(actor) });
    return summarizeProject(row, actor);
  });
}

async function insertProject(ctx: Context, tx: Tx, input: CreateProject): Promise<string> {
  const createdAt = ctx.clock.now();
  const id = newId("prj", createdAt.getTime());
  await tx.project.create({ data: { ...input, id, createdAt } }).catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw new LarderError("already_exists", `There is already a project ${input.name}; choose another name`);
  });
  return id;
}
