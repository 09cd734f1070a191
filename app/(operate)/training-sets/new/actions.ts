"use server";

import type { z } from "zod";
import { createTrainingSet as create } from "@/lib/datasets/create-training-set";
import { CreateTrainingSet } from "@/lib/datasets/training-schema";
import { type ActionResult, action } from "@/lib/http/action";
import type { Run } from "@/lib/kernel/run";

const start = action(CreateTrainingSet, create);

/** Starts building a training set. */
export async function createTrainingSet(input: z.input<typeof CreateTrainingSet>): Promise<ActionResult<{ run: Run }>> {
  return start(input);
}
