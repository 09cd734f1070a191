import { listMembers } from "@/lib/access/list-members";
import { removeMember } from "@/lib/access/remove-member";
import { Done, MemberSummary, RemoveMember, UpdateMember } from "@/lib/access/schema";
import { updateMember } from "@/lib/access/update-member";
import { PageQuery, pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const path = "/members";
const tags = ["Members"];

/** Members: who may do what in the project. */
export const memberRoutes = [
  route({
    method: "get",
    path,
    summary: "List, admins first",
    tags,
    input: PageQuery,
    output: pageOf(MemberSummary),
    run: listMembers,
  }),
  route({
    method: "patch",
    path: `${path}/{userId}`,
    summary: "Change a role",
    tags,
    description: "Counts from the next request on, for sessions and for tokens.",
    input: UpdateMember,
    output: MemberSummary,
    run: updateMember,
    problems: ["member_not_found", "last_admin"],
  }),
  route({
    method: "delete",
    path: `${path}/{userId}`,
    summary: "Take out of the project",
    tags,
    description: "Their own tokens for the project are revoked, and invitations they made.",
    input: RemoveMember,
    output: Done,
    run: removeMember,
    problems: ["member_not_found", "last_admin"],
  }),
];
