import { loadActorNames } from "@/lib/access/load-actor-names";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { definitionNotFound, findLive, KINDS } from "./definition-kinds";
import type { DefinableKind } from "./definition-schema";
import type { Registered, StoredDefinition } from "./plan";

/**
 * The definition that is to be changed. Throws the `*_not_found` of its kind, and `version_mismatch` when it is not the
 * one that was read: who changed it, and when.
 */
export async function requireRevision(
  ctx: Context,
  registered: Registered,
  expected: { kind: DefinableKind; name: string; expectedRevision: number },
): Promise<StoredDefinition> {
  const { kind, name, expectedRevision } = expected;
  const current = findLive(registered, kind, name);
  if (!current) throw definitionNotFound(kind, name, ctx.project.name);
  if (current.revision === expectedRevision) return current;
  const nameOf = await loadActorNames(ctx.db, [current.createdBy]);
  const detail = `The ${KINDS[kind].word} ${name} is at revision ${current.revision}, not ${expectedRevision}: ${nameOf(current.createdBy)} changed it at ${current.createdAt.toISOString()}`;
  throw new LarderError("version_mismatch", detail, [{ code: "current_revision", detail: String(current.revision) }]);
}
