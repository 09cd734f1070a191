import { ROLES, type Role } from "@/lib/kernel/actor";

/** What each role adds to those before it, in one line; the settings page has the whole table. */
export const ROLE_WORDS: Record<Role, string> = {
  viewer: "sees the catalog, reads data and features",
  scientist: "builds training sets, reads drafts",
  engineer: "registers and changes definitions, asks for activation",
  steward: "decides change requests, reads the audit log",
  admin: "keeps members, tokens and settings",
};

/** The roles for a choice, the least first. */
export const ROLE_OPTIONS = ROLES.map((role) => ({ value: role, label: role }));

/** A role out of a choice's text. */
export function toRole(text: string | null): Role | null {
  return ROLES.find((role) => role === text) ?? null;
}
