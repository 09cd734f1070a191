import type { Role } from "@/lib/kernel/actor";
import { roleOf } from "./identify";
import type { MemberSummary } from "./schema";

/** What a member's answer is made from. */
export type MemberRow = {
  userId: string;
  name: string;
  email: string | null;
  kind: string;
  role: string;
  sensitive: boolean;
  disabledAt: Date | null;
  createdAt: Date;
  lastSignInAt: Date | null;
};

/** A member as lists show them. */
export function summarizeMember(row: MemberRow): MemberSummary {
  const { userId, name, email, sensitive } = row;
  return {
    userId,
    name,
    email,
    kind: kindOf(row.kind),
    role: storedRole(row.role),
    sensitive,
    disabled: row.disabledAt !== null,
    since: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
  };
}

/** A role as answers show it; one that this version does not know allows nothing, and reads as the least. */
export function storedRole(text: string): Role {
  return roleOf(text) ?? "viewer";
}

/** Whether a user is a person, or belongs to the demonstration. */
export function kindOf(text: string): "person" | "demo" {
  return text === "demo" ? "demo" : "person";
}
