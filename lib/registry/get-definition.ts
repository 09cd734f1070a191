import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { DefinitionName, StoredDefinitionAnswer } from "./definition-schema";
import { loadStoredAnswer } from "./stored-answer";

/** The newest revision of a definition, to be changed or kept. Throws the `*_not_found` of its kind. */
export async function getDefinition(ctx: Context, { kind, name }: DefinitionName): Promise<StoredDefinitionAnswer> {
  authorize(ctx, "catalog.read", `${kind}:${name}`);
  return loadStoredAnswer(ctx, kind, name);
}
