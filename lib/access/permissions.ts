import { type Actor, ROLES, type Role } from "@/lib/kernel/actor";

/** Who has a permission: at least a role in the project, who was given the right besides it, anybody, and so on. */
export type Holder = Role | "sensitive_reader" | "anybody" | "signed_in" | "instance_admin";

/**
 * Every permission: what it allows, the least role that has it, and the scope an API token needs for it.
 * Roles are ordered; a higher one has all below it. Scope `any`: every token may; null: none may, whoever owns it.
 */
export const PERMISSIONS = {
  "session.start": { role: "anybody", scope: "any", allows: "sign in, and use a link that one was given" },
  "catalog.read": { role: "viewer", scope: "catalog:read", allows: "see definitions, statistics, lineage and runs" },
  "data.read": { role: "viewer", scope: "data:read", allows: "read rows, training sets and historical features" },
  "online.read": { role: "viewer", scope: "online:read", allows: "read features online" },
  "draft.read": { role: "scientist", scope: "drafts:read", allows: "read the values of features that are still DRAFT" },
  "sensitive.read": {
    role: "sensitive_reader",
    scope: "sensitive:read",
    allows: "read the values of features that are marked personal",
  },
  "sql.run": { role: "scientist", scope: "sql:run", allows: "query sources and feature groups with SQL" },
  "snapshot.write": { role: "scientist", scope: "snapshots:write", allows: "name snapshots and delete them" },
  "training_set.create": { role: "scientist", scope: "training-sets:write", allows: "build training sets" },
  "run.cancel": { role: "scientist", scope: "runs:write", allows: "cancel runs" },
  "run.start": { role: "engineer", scope: "runs:write", allows: "recompute and materialize groups" },
  "rows.write": { role: "engineer", scope: "rows:write", allows: "write rows into feature groups" },
  "online.write": { role: "engineer", scope: "online:write", allows: "push rows to the online store" },
  "history.write": {
    role: "engineer",
    scope: "rows:write",
    allows: "restore, compact and backfill groups, and apply their retention",
  },
  "storage.read": { role: "engineer", scope: "catalog:read", allows: "check the stored files" },
  "storage.manage": { role: "admin", scope: "admin", allows: "remove files that nothing needs" },
  "definition.write": {
    role: "engineer",
    scope: "definitions:write",
    allows: "register, change and delete definitions, upload files",
  },
  "change.request": { role: "engineer", scope: "changes:write", allows: "ask for a feature's status to change" },
  "change.decide": { role: "steward", scope: "changes:decide", allows: "approve and reject change requests of others" },
  "audit.read": { role: "steward", scope: "audit:read", allows: "read, export and verify the audit log" },
  "member.read": { role: "viewer", scope: "catalog:read", allows: "see who the members are" },
  "member.manage": { role: "admin", scope: "admin", allows: "invite members, change their roles, remove them" },
  "service_account.manage": { role: "admin", scope: "admin", allows: "keep service accounts and revoke any token" },
  "project.manage": { role: "admin", scope: "admin", allows: "change the project's settings" },
  "token.manage": { role: "viewer", scope: null, allows: "keep API tokens of one's own" },
  "me.read": { role: "signed_in", scope: "any", allows: "see who one is, and where" },
  "account.manage": { role: "signed_in", scope: null, allows: "change one's password and end one's sessions" },
  "instance.manage": { role: "instance_admin", scope: null, allows: "make projects, disable users" },
} as const satisfies Record<string, { role: Holder; scope: string | null; allows: string }>;

export type Permission = keyof typeof PERMISSIONS;

/** Every scope an API token may have, in the order of the table. */
export const SCOPES = [
  ...new Set(Object.values(PERMISSIONS).flatMap(({ scope }) => (scope === null || scope === "any" ? [] : [scope]))),
] as const;
export type Scope = Exclude<(typeof PERMISSIONS)[Permission]["scope"], null | "any">;

/** Whether a role has a permission. */
export function allows(
  actor: Pick<Actor, "kind" | "role" | "instanceAdmin" | "sensitive">,
  permission: Permission,
): boolean {
  const holder: Holder = PERMISSIONS[permission].role;
  if (holder === "anybody") return true;
  if (holder === "sensitive_reader") return actor.sensitive === true && actor.role !== null;
  if (holder === "signed_in") return actor.kind !== "anonymous";
  if (holder === "instance_admin") return actor.instanceAdmin === true || actor.kind === "system";
  return actor.role !== null && ROLES.indexOf(actor.role) >= ROLES.indexOf(holder);
}

/** Whether what an actor is limited to includes a permission. */
export function isInScope(actor: Pick<Actor, "scopes">, permission: Permission): boolean {
  if (!actor.scopes) return true;
  const { scope } = PERMISSIONS[permission];
  return scope === "any" || (scope !== null && actor.scopes.includes(scope));
}
