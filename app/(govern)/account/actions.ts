"use server";

import { endSession as end } from "@/lib/access/end-session";
import { ById } from "@/lib/access/schema";
import { action } from "@/lib/http/action";

/** Ends one of one's own sessions. */
export const endSession = action(ById, end, "account");
