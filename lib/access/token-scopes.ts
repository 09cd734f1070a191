import type { Actor } from "@/lib/kernel/actor";
import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import { Denied } from "./authorize";
import { allows, PERMISSIONS, type Permission, SCOPES, type Scope } from "./permissions";

/** Whose token it is to be. */
export type TokenOwner = Pick<Actor, "kind" | "name" | "role" | "sensitive" | "instanceAdmin">;

/**
 * The scopes of a new token, each once and in the order of the table. Throws `validation_failed` naming those that do not
 * exist, and `forbidden` naming those that its owner's present role would never let it use.
 */
export function checkScopes(owner: TokenOwner, asked: readonly string[]): Scope[] {
  const unknown = asked.flatMap((scope, at): ErrorIssue[] =>
    isScope(scope) ? [] : [{ code: "unknown_scope", pointer: `/scopes/${at}`, detail: `${scope} is not a scope` }],
  );
  if (unknown.length > 0)
    throw new LarderError(
      "validation_failed",
      `${unknown.map(({ detail }) => detail).join("; ")}. There are ${SCOPES.join(", ")}`,
      unknown,
    );
  const beyond = SCOPES.find((scope) => asked.includes(scope) && !mayHaveScope(owner, scope));
  if (beyond)
    throw new Denied(
      "forbidden",
      `${owner.name} is ${owner.role ?? "no member of this project"}; a token with the scope ${beyond} takes ${neededFor(beyond)}`,
      "token.manage",
      `scope:${beyond}`,
    );
  return SCOPES.filter((scope) => asked.includes(scope));
}

/** Whether somebody may do anything at all that takes the scope. */
export function mayHaveScope(owner: TokenOwner, scope: Scope): boolean {
  return permissionsOf(scope).some((permission) => allows(owner, permission));
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

function permissionsOf(scope: Scope): Permission[] {
  return (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => PERMISSIONS[permission].scope === scope);
}

/** The table goes from the least role up, so the first permission of a scope says what it takes. */
function neededFor(scope: Scope): string {
  const [first] = permissionsOf(scope);
  const role = first ? PERMISSIONS[first].role : "admin";
  return role === "sensitive_reader" ? "a sensitive reader" : `${role} or more`;
}
