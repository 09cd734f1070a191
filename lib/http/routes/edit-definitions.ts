import { z } from "zod";
import { Done } from "@/lib/access/schema";
import { Name } from "@/lib/kernel/names";
import { createDefinition } from "@/lib/registry/create-definition";
import {
  type CreateDefinition,
  DefinitionOf,
  PlanStep,
  StoredDefinitionAnswer,
  UpdateDefinition,
} from "@/lib/registry/definition-schema";
import { deleteDefinition } from "@/lib/registry/delete-definition";
import { planDefinition } from "@/lib/registry/plan-definition";
import { updateDefinition } from "@/lib/registry/update-definition";
import { DEFINITION_NOUNS } from "../definition-nouns";
import { route } from "../route";

/** Registering, planning, changing and deleting every kind of definition, one at a time. */
export const editDefinitionRoutes = DEFINITION_NOUNS.flatMap(({ kind, path, one, tag }) => {
  const tags = [tag];
  const notFound = `${kind}_not_found` as const;
  // A body is the definition without its kind, which the path says.
  const Body = (DefinitionOf[kind] as z.ZodObject).omit({ kind: true });
  const definitionOf = (body: object) => ({ kind, ...body }) as CreateDefinition["definition"];
  const answer = { output: StoredDefinitionAnswer, revision: (stored: StoredDefinitionAnswer) => stored.revision };
  return [
    route({
      ...answer,
      method: "post",
      path,
      summary: `Register ${one}`,
      tags,
      input: Body,
      status: 201,
      run: (ctx, body) => createDefinition(ctx, { definition: definitionOf(body) }),
      location: ({ name }) => `${path}/${name}`,
      problems: ["already_exists", "definition_invalid", "state_conflict"],
    }),
    route({
      method: "post",
      path: `${path}/plan`,
      summary: `What registering or changing ${one} would do`,
      tags,
      input: Body,
      output: PlanStep,
      run: (ctx, body) => planDefinition(ctx, { definition: definitionOf(body) }),
      readOnly: true,
      problems: ["definition_invalid"],
    }),
    route({
      ...answer,
      method: "put",
      path: `${path}/{name}`,
      summary: `Change ${one}`,
      description: "The whole definition. What would break its readers makes a new version beside the old one.",
      tags,
      input: Body.extend({ expectedRevision: UpdateDefinition.shape.expectedRevision }),
      run: (ctx, { expectedRevision, ...body }) =>
        updateDefinition(ctx, { definition: definitionOf(body), expectedRevision: expectedRevision as number }),
      conditional: true,
      problems: [notFound, "definition_invalid", "state_conflict"],
    }),
    route({
      method: "delete",
      path: `${path}/{name}`,
      summary: `Delete ${one} that nothing depends on`,
      tags,
      input: z.object({ name: Name }),
      output: Done,
      run: (ctx, { name }) => deleteDefinition(ctx, { kind, name }),
      problems: [notFound, "in_use", "state_conflict"],
    }),
  ];
});
