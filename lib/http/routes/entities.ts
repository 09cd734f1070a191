import { pageOf } from "@/lib/kernel/page";
import { getEntity } from "@/lib/registry/get-entity";
import { listEntities } from "@/lib/registry/list-entities";
import { ByName, EntitySummary, ListObjects } from "@/lib/registry/schema";
import { route } from "../route";

const shared = { method: "get", tags: ["Entities"] } as const;

/** What features describe. */
export const entityRoutes = [
  route({
    ...shared,
    path: "/entities",
    summary: "List entities",
    input: ListObjects,
    output: pageOf(EntitySummary),
    run: listEntities,
  }),
  route({
    ...shared,
    path: "/entities/{name}",
    summary: "One entity",
    input: ByName,
    output: EntitySummary,
    run: getEntity,
    problems: ["entity_not_found"],
  }),
];
