import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { fromForm } from "./definition-files";
import type { StoredDefinitionAnswer, UpdateDefinition } from "./definition-schema";
import { requireRevision } from "./require-revision";
import { loadStoredAnswer } from "./stored-answer";
import { writeDefinitions } from "./write-definitions";

/**
 * Changes one definition that was read at `expectedRevision`: additions and words make a new revision of its version, what
 * would break its readers makes a new version beside the old one. Throws the `*_not_found` of its kind, `version_mismatch`
 * with the revision that there is, `definition_invalid`.
 */
export async function updateDefinition(ctx: Context, input: UpdateDefinition): Promise<StoredDefinitionAnswer> {
  const { definition, expectedRevision } = input;
  const { kind, name } = definition;
  authorize(ctx, "definition.write", `${kind}:${name}`);
  await writeDefinitions(ctx, {
    dryRun: false,
    desire: async (registered) => {
      await requireRevision(ctx, registered, { kind, name, expectedRevision });
      return [fromForm(definition)];
    },
  });
  return loadStoredAnswer(ctx, kind, name);
}
