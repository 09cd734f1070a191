import { ByName } from "@/lib/registry/schema";
import { listEntityExamples } from "@/lib/serving/list-entity-examples";
import { lookUpEntity } from "@/lib/serving/look-up-entity";
import { EntityExamples, EntityLookUp, LookUpEntity } from "@/lib/serving/schema";
import { route } from "../route";

const shared = { method: "get", tags: ["Entities"] } as const;

/** What is known online of one entity. */
export const entityValueRoutes = [
  route({
    ...shared,
    path: "/entities/{name}/lookup",
    summary: "Everything known online of one key, by group",
    input: LookUpEntity,
    output: EntityLookUp,
    run: lookUpEntity,
    problems: ["entity_not_found", "invalid_key"],
  }),
  route({
    ...shared,
    path: "/entities/{name}/examples",
    summary: "A few keys that exist",
    input: ByName,
    output: EntityExamples,
    run: listEntityExamples,
    problems: ["entity_not_found"],
  }),
];
