import { acceptLink } from "@/lib/access/accept-link";
import { getSignInOptions } from "@/lib/access/get-sign-in-options";
import { readLink } from "@/lib/access/read-link";
import { AcceptLink, Done, LinkInfo, LinkSecret, Nothing, Signed, SignIn, SignInOptions } from "@/lib/access/schema";
import { signIn } from "@/lib/access/sign-in";
import { signOut } from "@/lib/access/sign-out";
import { route } from "../route";

const tags = ["Sign-in"];

/** Coming in and going out. The session is a cookie; no answer shows it. */
export const authRoutes = [
  route({
    method: "get",
    path: "/auth/options",
    summary: "How one can sign in",
    tags,
    access: "public",
    input: Nothing,
    output: SignInOptions,
    run: (ctx, input) => getSignInOptions(ctx, input),
  }),
  route({
    method: "post",
    path: "/auth/sign-in",
    summary: "Sign in with e-mail and password",
    tags,
    description:
      "Five attempts a minute for an account and twenty for an address, counted by each process of the server.",
    access: "public",
    session: "start",
    input: SignIn,
    output: Signed,
    run: signIn,
    problems: ["unauthenticated", "invalid_type", "rate_limited"],
  }),
  route({
    method: "post",
    path: "/auth/sign-out",
    summary: "End this session",
    tags,
    access: "public",
    session: "end",
    input: Nothing,
    output: Done,
    run: signOut,
  }),
  route({
    method: "post",
    path: "/auth/links/read",
    summary: "What a link is for",
    tags,
    description:
      "Links are for setting up the server, joining a project, or a new password. Reading one does not use it.",
    access: "public",
    readOnly: true,
    input: LinkSecret,
    output: LinkInfo,
    run: readLink,
    problems: ["link_not_valid", "rate_limited"],
  }),
  route({
    method: "post",
    path: "/auth/links/accept",
    summary: "Use a link, once",
    tags,
    access: "public",
    session: "start",
    input: AcceptLink,
    output: Signed,
    run: acceptLink,
    problems: ["link_not_valid", "rate_limited", "weak_password", "already_exists", "state_conflict"],
  }),
];
