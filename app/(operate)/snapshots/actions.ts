"use server";

import { createSnapshot } from "@/lib/datasets/create-snapshot";
import { CreateSnapshot } from "@/lib/datasets/snapshot-schema";
import { action } from "@/lib/http/action";

/** Names what a group or view holds. */
export const create = action(CreateSnapshot, createSnapshot);
