import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { fromForm } from "./definition-files";
import { findLive, KINDS } from "./definition-kinds";
import type { CreateDefinition, StoredDefinitionAnswer } from "./definition-schema";
import { loadStoredAnswer } from "./stored-answer";
import { writeDefinitions } from "./write-definitions";

/** Registers one definition; its features begin as DRAFT. Throws `already_exists`, `definition_invalid`. */
export async function createDefinition(
  ctx: Context,
  { definition }: CreateDefinition,
): Promise<StoredDefinitionAnswer> {
  const { kind, name } = definition;
  authorize(ctx, "definition.write", `${kind}:${name}`);
  await writeDefinitions(ctx, {
    dryRun: false,
    desire: (registered) => {
      if (findLive(registered, kind, name))
        throw new LarderError(
          "already_exists",
          `There is already the ${KINDS[kind].word} ${name}; choose another name`,
        );
      return [fromForm(definition)];
    },
  });
  return loadStoredAnswer(ctx, kind, name);
}
