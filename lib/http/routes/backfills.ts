import { IntervalList, ListIntervals, RequestBackfill } from "@/lib/datasets/interval-schema";
import { listIntervals } from "@/lib/datasets/list-intervals";
import { requestBackfill } from "@/lib/datasets/request-backfill";
import { RunAnswer } from "@/lib/kernel/run";
import { route } from "../route";

const tags = ["Feature groups"];

/** Groups that are computed by intervals of event time. */
export const backfillRoutes = [
  route({
    method: "get",
    path: "/feature-groups/{name}/intervals",
    summary: "Intervals of an incremental group: computed, missing or stale",
    tags,
    input: ListIntervals,
    output: IntervalList,
    run: listIntervals,
    problems: ["feature_group_not_found", "invalid_parameter"],
  }),
  route({
    method: "post",
    path: "/feature-groups/{name}/backfills",
    status: 202,
    summary: "Compute a range of intervals",
    description:
      "Whole intervals that are over. Those that were computed before are left alone unless `restate` is set.",
    tags,
    input: RequestBackfill,
    output: RunAnswer,
    run: requestBackfill,
    location: ({ run }) => `/runs/${run.id}`,
    problems: ["feature_group_not_found", "invalid_parameter"],
  }),
];
