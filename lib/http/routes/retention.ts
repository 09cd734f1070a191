import { listCommits } from "@/lib/datasets/list-commits";
import { planRetention } from "@/lib/datasets/plan-retention";
import { requestRetention } from "@/lib/datasets/request-retention";
import { restoreGroup } from "@/lib/datasets/restore-group";
import { RetentionOf, RetentionPlan } from "@/lib/datasets/retention-schema";
import { CommitEntry, ListCommits, Restored, RestoreGroup } from "@/lib/datasets/snapshot-schema";
import { pageOf } from "@/lib/kernel/page";
import { RunAnswer } from "@/lib/kernel/run";
import { route } from "../route";

const tags = ["Feature groups"];
const path = "/feature-groups/{name}";

/** The commits of a group, going back to one, and how long they are kept. */
export const retentionRoutes = [
  route({
    method: "get",
    path: `${path}/commits`,
    summary: "Commits, newest first",
    tags,
    input: ListCommits,
    output: pageOf(CommitEntry),
    run: listCommits,
    problems: ["feature_group_not_found"],
  }),
  route({
    method: "post",
    path: `${path}/restore`,
    summary: "Go back to what a commit or snapshot held, by a new commit",
    tags,
    input: RestoreGroup,
    output: Restored,
    run: restoreGroup,
    status: 201,
    problems: [
      "feature_group_not_found",
      "commit_not_found",
      "commit_expired",
      "snapshot_not_found",
      "commit_conflict",
      "state_conflict",
    ],
  }),
  route({
    method: "get",
    path: `${path}/retention`,
    summary: "What retention would take away now",
    tags,
    input: RetentionOf,
    output: RetentionPlan,
    run: planRetention,
    problems: ["feature_group_not_found"],
  }),
  route({
    method: "post",
    path: `${path}/retention`,
    summary: "Apply the group's retention",
    tags,
    input: RetentionOf,
    output: RunAnswer,
    run: requestRetention,
    status: 202,
    location: ({ run }) => `/runs/${run.id}`,
    problems: ["feature_group_not_found", "state_conflict"],
  }),
];
