"use server";

import { requestGarbageCollection } from "@/lib/datasets/request-garbage-collection";
import { requestStorageCheck } from "@/lib/datasets/request-storage-check";
import { CheckStorage, CollectGarbage } from "@/lib/datasets/storage-schema";
import { action } from "@/lib/http/action";

/** Starts a run that reads every stored byte. */
export const checkEveryByte = action(CheckStorage, requestStorageCheck);

/** Starts a run that removes what nothing needs. */
export const collectGarbage = action(CollectGarbage, requestGarbageCollection);
