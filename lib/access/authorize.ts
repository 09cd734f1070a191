import type { Actor } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { allows, isInScope, PERMISSIONS, type Permission } from "./permissions";

/** A refusal by `authorize`; the doors write it to the audit log. */
export class Denied extends LarderError {
  constructor(
    code: "forbidden" | "insufficient_scope",
    detail: string,
    readonly permission: Permission,
    readonly resource: string,
  ) {
    super(code, detail);
  }
}

/**
 * Throws unless the actor may do this to the resource (`kind:name`): `unauthenticated`, `forbidden`, `insufficient_scope`.
 * Every verb calls it first.
 */
export function authorize(ctx: Context, permission: Permission, resource: string): void {
  const { actor } = ctx;
  if (actor.kind === "anonymous" && PERMISSIONS[permission].role !== "anybody")
    throw new LarderError("unauthenticated", "Sign in, or send an API token");
  const { role, scope, allows: act } = PERMISSIONS[permission];
  if (!allows(actor, permission)) {
    const detail = `${actor.name} is ${nameOf(actor)}; to ${act} (${resource}) takes ${holderOf(role)}`;
    throw new Denied("forbidden", detail, permission, resource);
  }
  if (!isInScope(actor, permission)) {
    const detail = scope
      ? `This token lacks the scope ${scope}, which it takes to ${act} (${resource})`
      : `No API token may ${act}; sign in`;
    throw new Denied("insufficient_scope", detail, permission, resource);
  }
}

/** Whether `authorize` would let the actor pass. */
export function may(actor: Actor, permission: Permission): boolean {
  return actor.kind !== "anonymous" && allows(actor, permission) && isInScope(actor, permission);
}

function nameOf(actor: Actor): string {
  return actor.role ?? "no member of this project";
}

function holderOf(role: string): string {
  if (role === "signed_in") return "a signed-in user";
  if (role === "sensitive_reader") return "a sensitive reader, which an admin can make them";
  return role === "instance_admin" ? "an admin of the whole instance" : `${role} or more`;
}
