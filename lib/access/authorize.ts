import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { allows, PERMISSIONS, type Permission } from "./permissions";

/** Throws `forbidden` unless the actor may do this to the resource (`kind:name`). Every verb calls it first. */
export function authorize(ctx: Context, permission: Permission, resource: string): void {
  if (allows(ctx.actor.role, permission)) return;
  throw new LarderError(
    "forbidden",
    `${ctx.actor.name} is ${ctx.actor.role} in project ${ctx.project.name}; to ${PERMISSIONS[permission].allows} (${resource}) takes ${PERMISSIONS[permission].role} or more`,
  );
}
