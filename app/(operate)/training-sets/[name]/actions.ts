"use server";

import { requestVerification } from "@/lib/datasets/request-verification";
import { TrainingSetName } from "@/lib/datasets/training-schema";
import { action } from "@/lib/http/action";

/** Starts building a training set again, to compare. */
export const verify = action(TrainingSetName, requestVerification);
