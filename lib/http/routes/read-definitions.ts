import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { Revisions, StoredDefinitionAnswer, UpdateFeature } from "@/lib/registry/definition-schema";
import { getDefinition } from "@/lib/registry/get-definition";
import { listRevisions } from "@/lib/registry/list-revisions";
import { updateFeature } from "@/lib/registry/update-feature";
import { DEFINITION_NOUNS } from "../definition-nouns";
import { type Route, route } from "../route";

const input = z.object({ name: Name });

/** Definitions whole, and what they were before. */
export const readDefinitionRoutes = DEFINITION_NOUNS.flatMap(({ kind, path, tag }) => {
  const shared: Pick<Route, "method" | "tags" | "problems"> = {
    method: "get",
    tags: [tag],
    problems: [`${kind}_not_found`],
  };
  return [
    route({
      ...shared,
      path: `${path}/{name}/definition`,
      summary: "The definition, to be changed or kept",
      description: "A change of it sends the ETag of this answer as If-Match.",
      input,
      output: StoredDefinitionAnswer,
      run: (ctx, { name }) => getDefinition(ctx, { kind, name }),
      revision: (stored) => stored.revision,
    }),
    route({
      ...shared,
      path: `${path}/{name}/revisions`,
      summary: "The newest 200 revisions, newest first",
      input,
      output: Revisions,
      run: (ctx, { name }) => listRevisions(ctx, { kind, name }),
    }),
  ];
});

/** What is said about a single feature. */
export const editFeatureRoutes = [
  route({
    method: "patch",
    path: "/features/{reference}",
    summary: "Describe a feature: words, owner, tags, constraints, default, sensitivity, unit",
    description:
      "Answers the definition of its group, whose ETag (GET /feature-groups/{name}/definition) goes into If-Match. Null clears.",
    tags: ["Features"],
    input: UpdateFeature,
    output: StoredDefinitionAnswer,
    run: updateFeature,
    conditional: true,
    revision: (stored) => stored.revision,
    problems: ["feature_not_found", "ambiguous_feature", "definition_invalid", "state_conflict"],
  }),
];
