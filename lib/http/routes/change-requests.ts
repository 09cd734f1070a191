import { pageOf } from "@/lib/kernel/page";
import {
  ChangePlan,
  ChangeRequestDetail,
  ChangeRequestSummary,
  GetChangeRequest,
  ListChangeRequests,
  PlanChange,
  RequestChange,
} from "@/lib/registry/change-schema";
import { getChangeRequest } from "@/lib/registry/get-change-request";
import { listChangeRequests } from "@/lib/registry/list-change-requests";
import { planChange } from "@/lib/registry/plan-change";
import { requestChange } from "@/lib/registry/request-change";
import { route } from "../route";

const path = "/change-requests";
const tags = ["Change requests"];

/** Change requests: asking for another status of features. */
export const changeRequestRoutes = [
  route({
    method: "get",
    path,
    summary: "List, newest first",
    tags,
    input: ListChangeRequests,
    output: pageOf(ChangeRequestSummary),
    run: listChangeRequests,
  }),
  route({
    method: "post",
    tags,
    path,
    summary: "Ask for another status",
    description: "Somebody else decides. An older open request of the same person for the same features is superseded.",
    input: RequestChange,
    output: ChangeRequestDetail,
    run: requestChange,
    status: 201,
    location: (request: ChangeRequestDetail) => `${path}/${request.number}`,
    problems: ["feature_group_not_found", "feature_not_found", "lifecycle_refused", "state_conflict"],
  }),
  route({
    method: "post",
    tags,
    path: `${path}/plan`,
    summary: "What a request would say, without making it",
    input: PlanChange,
    output: ChangePlan,
    run: planChange,
    readOnly: true,
    problems: ["feature_group_not_found", "feature_not_found"],
  }),
  route({
    method: "get",
    path: `${path}/{id}`,
    summary: "One change request",
    tags,
    input: GetChangeRequest,
    output: ChangeRequestDetail,
    run: getChangeRequest,
    problems: ["change_request_not_found"],
  }),
];
