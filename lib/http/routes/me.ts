import { z } from "zod";
import { changePassword } from "@/lib/access/change-password";
import { endAllSessions } from "@/lib/access/end-all-sessions";
import { endSession } from "@/lib/access/end-session";
import { getMe } from "@/lib/access/get-me";
import { listSessions } from "@/lib/access/list-sessions";
import { ById, ChangePassword, Done, Me, Nothing, SessionSummary, Signed } from "@/lib/access/schema";
import { route } from "../route";

const tags = ["Account"];

/** One's own account: who one is, the password, the sessions. */
export const meRoutes = [
  route({
    method: "get",
    path: "/me",
    summary: "Who sends the request, and what they may do in the project",
    tags,
    access: "account",
    input: Nothing,
    output: Me,
    run: getMe,
    problems: ["unauthenticated"],
  }),
  route({
    method: "post",
    path: "/me/password",
    summary: "Change one's password",
    tags,
    description: "Ends every session; the answer brings a new one for this browser.",
    access: "account",
    session: "start",
    input: ChangePassword,
    output: Signed,
    run: changePassword,
    problems: ["unauthenticated", "insufficient_scope", "weak_password", "state_conflict", "rate_limited"],
  }),
  route({
    method: "get",
    path: "/me/sessions",
    summary: "One's own sessions",
    tags,
    access: "account",
    input: Nothing,
    output: z.object({ items: z.array(SessionSummary) }),
    run: listSessions,
    problems: ["unauthenticated", "insufficient_scope"],
  }),
  route({
    method: "delete",
    path: "/me/sessions/{id}",
    summary: "End one of one's own sessions",
    tags,
    access: "account",
    input: ById,
    output: Done,
    run: endSession,
    problems: ["unauthenticated", "insufficient_scope", "session_not_found"],
  }),
  route({
    method: "post",
    path: "/me/sign-out-everywhere",
    summary: "End all of one's own sessions",
    tags,
    access: "account",
    session: "end",
    input: Nothing,
    output: Done,
    run: endAllSessions,
    problems: ["unauthenticated", "insufficient_scope"],
  }),
];
