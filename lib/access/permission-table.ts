import { ROLES } from "@/lib/kernel/actor";
import { type Holder, PERMISSIONS, SCOPES } from "./permissions";
import type { PermissionTable } from "./schema";

/** The permission table as answers, pages and the documentation show it. */
export function permissionTable(): PermissionTable {
  return {
    items: Object.entries(PERMISSIONS).map(([permission, { allows, role, scope }]) => ({
      permission,
      allows,
      role,
      scope,
    })),
    scopes: [...SCOPES],
  };
}

/** docs/permissions.md, whole. */
export function permissionsMarkdown(): string {
  const rows = permissionTable().items.map(
    ({ permission, allows, role, scope }) =>
      `| \`${permission}\` | ${allows} | ${HOLDERS[role as Holder] ?? role} | ${scopeWords(scope)} |`,
  );
  return [
    "# Permissions",
    "",
    "Written from the table in `lib/access/permissions.ts`, which every check reads; a test keeps the two the same.",
    "",
    `Roles, from the least up: ${ROLES.join(", ")}. Each has everything before it.`,
    "A token may do what its scope *and* its owner's present role allow. What the roles are for: [access.md](access.md).",
    "",
    "| permission | allows one to | takes | scope of a token |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

const HOLDERS: Partial<Record<Holder, string>> = {
  anybody: "nothing",
  signed_in: "being signed in",
  sensitive_reader: "membership and the right *sensitive reader*",
  instance_admin: "instance admin",
};

function scopeWords(scope: string | null): string {
  if (scope === null) return "no token may";
  return scope === "any" ? "any" : `\`${scope}\``;
}
