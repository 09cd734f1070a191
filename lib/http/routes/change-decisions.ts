import { approveChange } from "@/lib/registry/approve-change";
import { ChangeRequestDetail, DecideChange, GetChangeRequest, RejectChange } from "@/lib/registry/change-schema";
import { rejectChange } from "@/lib/registry/reject-change";
import { withdrawChange } from "@/lib/registry/withdraw-change";
import { route } from "../route";

const path = "/change-requests";
const one = {
  tags: ["Change requests"],
  output: ChangeRequestDetail,
  problems: ["change_request_not_found", "state_conflict"],
} as const;

/** How a change request ends. */
export const changeDecisionRoutes = [
  route({
    ...one,
    method: "post",
    path: `${path}/{id}/approve`,
    summary: "Approve; the last approval needed applies it",
    input: DecideChange,
    run: approveChange,
    problems: [...one.problems, "lifecycle_refused"],
  }),
  route({
    ...one,
    method: "post",
    path: `${path}/{id}/reject`,
    summary: "Reject",
    input: RejectChange,
    run: rejectChange,
  }),
  route({
    ...one,
    method: "post",
    path: `${path}/{id}/withdraw`,
    summary: "Take one's own request back",
    input: GetChangeRequest,
    run: withdrawChange,
  }),
];
