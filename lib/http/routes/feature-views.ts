import { pageOf } from "@/lib/kernel/page";
import { getFeatureView } from "@/lib/registry/get-feature-view";
import { listFeatureViews } from "@/lib/registry/list-feature-views";
import { ByName, ListObjects, ViewSummary } from "@/lib/registry/schema";
import { route } from "../route";

const tags = ["Feature views"];

/** What models read. */
export const featureViewRoutes = [
  route({
    method: "get",
    path: "/feature-views",
    input: ListObjects,
    output: pageOf(ViewSummary),
    run: listFeatureViews,
    tags,
    summary: "List feature views",
  }),
  route({
    method: "get",
    path: "/feature-views/{name}",
    input: ByName,
    output: ViewSummary,
    run: getFeatureView,
    tags,
    summary: "One feature view",
    problems: ["feature_view_not_found"],
  }),
];
