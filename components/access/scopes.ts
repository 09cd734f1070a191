import type { PermissionRow } from "@/lib/access/schema";
import { ROLES, type Role } from "@/lib/kernel/actor";

/** One scope as a form offers it: what a token with it may do for this owner, or what else that would take. */
export type ScopeChoice = { scope: string; allows: string[]; takes: string | null };

/** Whose right it is, or would be. */
export type Owner = { role: Role | null; sensitive: boolean };

/** Whether somebody has what a row of the permission table names. */
export function hasPermission(owner: Owner, row: Pick<PermissionRow, "role">): boolean {
  if (row.role === "sensitive_reader") return owner.sensitive;
  const least = (ROLES as readonly string[]).indexOf(row.role);
  return owner.role !== null && least >= 0 && ROLES.indexOf(owner.role) >= least;
}

/** The scopes of the permission table for a token of this owner: a token reaches no further than they do. */
export function scopeChoices(scopes: readonly string[], rows: readonly PermissionRow[], owner: Owner): ScopeChoice[] {
  return scopes.map((scope) => {
    const needing = rows.filter((row) => row.scope === scope);
    const open = needing.filter((row) => hasPermission(owner, row));
    const least = ROLES.find((name) => needing.some((row) => row.role === name));
    return {
      scope,
      allows: (open.length > 0 ? open : needing).map((row) => row.allows),
      takes: open.length > 0 ? null : least ? `${least} or more` : "a sensitive reader",
    };
  });
}
