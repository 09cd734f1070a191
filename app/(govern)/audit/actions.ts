"use server";

import { Nothing } from "@/lib/access/schema";
import { verifyAudit } from "@/lib/access/verify-audit";
import { action } from "@/lib/http/action";

/** Reads the whole chain and says whether anything in it was changed. */
export const verify = action(Nothing, verifyAudit);
