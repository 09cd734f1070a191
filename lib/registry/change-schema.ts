import { z } from "zod";
import { PageQuery } from "@/lib/kernel/page";
import { Statistics } from "./schema";

export const CHANGE_STATES = ["OPEN", "APPROVED", "REJECTED", "WITHDRAWN", "SUPERSEDED", "CONFLICTED"] as const;
export const ChangeState = z.enum(CHANGE_STATES);
export type ChangeState = z.infer<typeof ChangeState>;

export const Deprecation = z.object({
  note: z.string().trim().min(1).max(2000).describe("Why, and what to do instead"),
  retireOn: z.iso.date().describe("Day from which it may be gone"),
  replacement: z.string().max(200).nullable().default(null).describe("Reference of the feature to use instead"),
});
export type Deprecation = z.infer<typeof Deprecation>;

/** Asks to move features of one group version to another status. Null features: all that can make the move. */
export const RequestChange = z.object({
  group: z.string().max(63),
  version: z.number().int().min(1).optional().describe("None: the newest"),
  features: z.array(z.string().max(63)).min(1).max(10_000).optional().describe("None: all that can make the move"),
  targetStatus: z.enum(["ACTIVE", "DEPRECATED", "RETIRED"]),
  reason: z.string().trim().min(1).max(2000),
  deprecation: Deprecation.optional().describe("Required to deprecate"),
});
export type RequestChange = z.infer<typeof RequestChange>;
export const PlanChange = RequestChange.omit({ reason: true, deprecation: true });
export type PlanChange = z.infer<typeof PlanChange>;

/** `pass`, `fail`, or `unknown` where nothing was measured. */
export const Check = z.object({
  name: z.enum(["description", "owner", "quality", "statistics"]),
  state: z.enum(["pass", "fail", "unknown"]),
  detail: z.string(),
});
export type Check = z.infer<typeof Check>;

const Touched = z.object({ name: z.string(), owner: z.string().nullable(), detail: z.string().default("") });
/** What depends on the features, directly or through groups made from theirs. */
export const Impact = z.object({
  features: z.array(Touched),
  views: z.array(Touched),
  consumers: z.array(Touched),
  trainingSets: z.array(Touched),
});
export type Impact = z.infer<typeof Impact>;

/** Definition (YAML) and statistics: as of the last approved request for the group version, and as of this one. */
export const ChangeDiff = z.object({
  definition: z.object({ before: z.string().nullable(), after: z.string() }),
  statistics: z.array(z.object({ feature: z.string(), before: Statistics.nullable(), after: Statistics.nullable() })),
});
export type ChangeDiff = z.infer<typeof ChangeDiff>;

export const DecisionSummary = z.object({
  id: z.string(),
  verdict: z.enum(["approve", "reject"]),
  comment: z.string(),
  selfApproved: z.boolean(),
  decidedBy: z.object({ id: z.string(), name: z.string() }),
  decidedAt: z.string(),
});
export type DecisionSummary = z.infer<typeof DecisionSummary>;

export const ChangeRequestSummary = z.object({
  id: z.string(),
  number: z.number().int(),
  group: z.string(),
  groupVersion: z.number().int(),
  features: z.array(z.object({ name: z.string(), from: z.string() })),
  targetStatus: z.enum(["ACTIVE", "DEPRECATED", "RETIRED"]),
  reason: z.string(),
  state: ChangeState,
  requiredApprovals: z.number().int(),
  approvals: z.number().int(),
  requestedBy: z.object({ id: z.string(), name: z.string() }),
  requestedAt: z.string(),
  closedAt: z.string().nullable(),
  closedNote: z.string().nullable(),
  checks: z.array(Check),
  /** What the reader may do with it now. */
  actions: z.array(z.enum(["approve", "reject", "withdraw"])),
});
export type ChangeRequestSummary = z.infer<typeof ChangeRequestSummary>;
export const ChangeRequestDetail = ChangeRequestSummary.extend({
  deprecation: Deprecation.nullable(),
  impact: Impact,
  diff: ChangeDiff,
  decisions: z.array(DecisionSummary),
  /** Why approving would be refused now; empty: nothing stands against it. */
  blockers: z.array(z.string()),
  /** The definition has changed since the request. */
  baseMoved: z.boolean(),
});
export type ChangeRequestDetail = z.infer<typeof ChangeRequestDetail>;

/** What a request would say, without making it. */
export const ChangePlan = z.object({
  features: z.array(z.object({ name: z.string(), from: z.string() })),
  checks: z.array(Check),
  impact: Impact,
  blockers: z.array(z.string()),
});
export type ChangePlan = z.infer<typeof ChangePlan>;

export const ListChangeRequests = PageQuery.extend({
  state: ChangeState.optional(),
  closed: z.stringbool().default(false).describe("Only those that are no longer open"),
  mine: z.stringbool().default(false).describe("Only those one has made"),
  inbox: z.stringbool().default(false).describe("Only open ones that one may decide and has not"),
  group: z.string().max(63).optional(),
});
export type ListChangeRequests = z.infer<typeof ListChangeRequests>;
export const GetChangeRequest = z.object({ id: z.string().max(60).describe("Id, or number") });
export type GetChangeRequest = z.infer<typeof GetChangeRequest>;
export const DecideChange = GetChangeRequest.extend({ comment: z.string().trim().max(2000).default("") });
export type DecideChange = z.infer<typeof DecideChange>;
export const RejectChange = GetChangeRequest.extend({ comment: z.string().trim().min(1).max(2000) });
export type RejectChange = z.infer<typeof RejectChange>;
