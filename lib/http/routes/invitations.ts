import { z } from "zod";
import { inviteMember } from "@/lib/access/invite-member";
import { listInvitations } from "@/lib/access/list-invitations";
import { revokeInvitation } from "@/lib/access/revoke-invitation";
import { ById, Done, InvitationSummary, Invite, NewLink, Nothing } from "@/lib/access/schema";
import { route } from "../route";

const path = "/invitations";
const tags = ["Members"];

/** Invitations: links that let somebody into the project. */
export const invitationRoutes = [
  route({
    method: "get",
    path,
    summary: "Invitations that are open",
    tags,
    input: Nothing,
    output: z.object({ items: z.array(InvitationSummary) }),
    run: listInvitations,
  }),
  route({
    method: "post",
    path,
    summary: "Invite somebody",
    tags,
    description: "Answers a link that works once; give it to them. It is shown this once.",
    input: Invite,
    output: NewLink,
    run: inviteMember,
    status: 201,
    secret: true,
    problems: ["already_exists"],
  }),
  route({
    method: "delete",
    path: `${path}/{id}`,
    summary: "Take an invitation back",
    tags,
    input: ById,
    output: Done,
    run: revokeInvitation,
    problems: ["invitation_not_found"],
  }),
];
