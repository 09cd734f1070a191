import { Done } from "@/lib/access/schema";
import { createSnapshot } from "@/lib/datasets/create-snapshot";
import { deleteSnapshot } from "@/lib/datasets/delete-snapshot";
import { getSnapshot } from "@/lib/datasets/get-snapshot";
import { listSnapshots } from "@/lib/datasets/list-snapshots";
import { CreateSnapshot, ListSnapshots, Snapshot, SnapshotDetail, SnapshotName } from "@/lib/datasets/snapshot-schema";
import { pageOf } from "@/lib/kernel/page";
import { compareSnapshots } from "@/lib/quality/compare-snapshots";
import { CompareSnapshots, Comparison } from "@/lib/quality/comparison-schema";
import { route } from "../route";

const tags = ["Snapshots"];
const path = "/snapshots";

/** Names for what groups and views held at a moment. */
export const snapshotRoutes = [
  route({
    method: "get",
    path,
    summary: "List snapshots",
    tags,
    input: ListSnapshots,
    output: pageOf(Snapshot),
    run: listSnapshots,
  }),
  route({
    method: "post",
    path,
    summary: "Name what a feature group or view holds; nothing is copied",
    tags,
    input: CreateSnapshot,
    output: Snapshot,
    run: createSnapshot,
    status: 201,
    location: ({ name }) => `${path}/${name}`,
    problems: [
      "already_exists",
      "feature_group_not_found",
      "feature_view_not_found",
      "commit_not_found",
      "commit_expired",
      "state_conflict",
    ],
  }),
  route({
    method: "post",
    path: `${path}/compare`,
    summary: "Columns, sizes and statistics of two snapshots or commits side by side",
    tags,
    input: CompareSnapshots,
    output: Comparison,
    run: compareSnapshots,
    readOnly: true,
    problems: ["snapshot_not_found", "feature_group_not_found", "commit_not_found", "commit_expired", "timeout"],
  }),
  route({
    method: "get",
    path: `${path}/{name}`,
    summary: "One snapshot with what it holds",
    tags,
    input: SnapshotName,
    output: SnapshotDetail,
    run: getSnapshot,
    problems: ["snapshot_not_found"],
  }),
  route({
    method: "delete",
    path: `${path}/{name}`,
    summary: "Forget a snapshot; its data stays until retention takes it",
    tags,
    input: SnapshotName,
    output: Done,
    run: deleteSnapshot,
    problems: ["snapshot_not_found", "in_use"],
  }),
];
