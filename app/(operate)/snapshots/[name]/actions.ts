"use server";

import { deleteSnapshot } from "@/lib/datasets/delete-snapshot";
import { restoreGroup } from "@/lib/datasets/restore-group";
import { RestoreGroup, SnapshotName } from "@/lib/datasets/snapshot-schema";
import { action } from "@/lib/http/action";

/** Forgets a snapshot. */
export const remove = action(SnapshotName, deleteSnapshot);

/** Goes back to what a snapshot holds of a group. */
export const restore = action(RestoreGroup, restoreGroup);
