import { checkStorage } from "@/lib/datasets/check-storage";
import { findRemovable } from "@/lib/datasets/find-removable";
import { requestGarbageCollection } from "@/lib/datasets/request-garbage-collection";
import { requestStorageCheck } from "@/lib/datasets/request-storage-check";
import { CheckStorage, CollectGarbage, Garbage, PlanGarbage, StorageOverview } from "@/lib/datasets/storage-schema";
import { RunAnswer } from "@/lib/kernel/run";
import { route } from "../route";

const tags = ["Storage"];
const location = ({ run }: RunAnswer): string => `/runs/${run.id}`;

/** What is stored, whether it is whole, and what of it nothing needs. */
export const storageRoutes = [
  route({
    method: "get",
    path: "/storage/check",
    summary: "Whether every stored file is there with its size and rows, and what lies beside them",
    tags,
    input: CheckStorage,
    output: StorageOverview,
    run: checkStorage,
  }),
  route({
    method: "post",
    path: "/storage/checks",
    summary: "Read every byte of every stored file",
    tags,
    input: CheckStorage,
    output: RunAnswer,
    run: requestStorageCheck,
    status: 202,
    location,
  }),
  route({
    method: "get",
    path: "/storage/garbage",
    summary: "What a garbage collection would remove",
    tags,
    input: PlanGarbage,
    output: Garbage,
    run: findRemovable,
  }),
  route({
    method: "post",
    path: "/storage/garbage",
    summary: "Remove files that nothing needs",
    tags,
    input: CollectGarbage,
    output: RunAnswer,
    run: requestGarbageCollection,
    status: 202,
    location,
  }),
];
