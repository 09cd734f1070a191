import { ROLES, type Role } from "@/lib/kernel/actor";

/** Every permission: what it allows and the least role that has it. Roles are ordered; a higher one has all below it. */
export const PERMISSIONS = {
  "catalog.read": { role: "viewer", allows: "see definitions, statistics, lineage and runs" },
  "data.read": { role: "viewer", allows: "read rows, training sets and online features" },
  "draft.read": { role: "scientist", allows: "read features that are still DRAFT" },
  "training_set.create": { role: "scientist", allows: "build training sets" },
  "definition.write": { role: "engineer", allows: "register and change definitions" },
  "run.start": { role: "engineer", allows: "recompute and materialize groups" },
  "run.cancel": { role: "scientist", allows: "cancel runs" },
} as const satisfies Record<string, { role: Role; allows: string }>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether a role has a permission. */
export function allows(role: Role, permission: Permission): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(PERMISSIONS[permission].role);
}
