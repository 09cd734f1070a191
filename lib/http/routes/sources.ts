import { pageOf } from "@/lib/kernel/page";
import { getSource } from "@/lib/registry/get-source";
import { listSources } from "@/lib/registry/list-sources";
import { ByName, ListObjects, SourceSummary } from "@/lib/registry/schema";
import { route } from "../route";

const tags = ["Sources"];

/** Where rows come from. */
export const sourceRoutes = [
  route({
    method: "get",
    path: "/sources",
    input: ListObjects,
    output: pageOf(SourceSummary),
    run: listSources,
    tags,
    summary: "List sources",
  }),
  route({
    method: "get",
    path: "/sources/{name}",
    input: ByName,
    output: SourceSummary,
    run: getSource,
    tags,
    summary: "One source",
    problems: ["source_not_found"],
  }),
];
