import { requestCompaction } from "@/lib/datasets/request-compaction";
import { RunAnswer } from "@/lib/kernel/run";
import { ByName } from "@/lib/registry/schema";
import { route } from "../route";

/** Merging small files. */
export const compactionRoutes = [
  route({
    method: "post",
    path: "/feature-groups/{name}/compactions",
    summary: "Merge small files into one",
    description:
      "Answers the run that does it. What reads answer stays the same, at every commit; the run says UNCHANGED where there is nothing to merge.",
    tags: ["Feature groups"],
    input: ByName,
    output: RunAnswer,
    run: requestCompaction,
    status: 202,
    location: ({ run }) => `/runs/${run.id}`,
    problems: ["feature_group_not_found"],
  }),
];
