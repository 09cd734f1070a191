"use server";

import { action } from "@/lib/http/action";
import { approveChange } from "@/lib/registry/approve-change";
import { DecideChange, GetChangeRequest, RejectChange } from "@/lib/registry/change-schema";
import { rejectChange } from "@/lib/registry/reject-change";
import { withdrawChange } from "@/lib/registry/withdraw-change";

/** Says yes to a change request of somebody else. */
export const approve = action(DecideChange, approveChange);

/** Says no, with the reason. */
export const reject = action(RejectChange, rejectChange);

/** Takes back a request of one's own. */
export const withdraw = action(GetChangeRequest, withdrawChange);
