import { createToken } from "@/lib/access/create-token";
import { listTokens } from "@/lib/access/list-tokens";
import { revokeToken } from "@/lib/access/revoke-token";
import { rotateToken } from "@/lib/access/rotate-token";
import { ById, CreateToken, Done, ListTokens, NewToken, RotateToken, TokenSummary } from "@/lib/access/schema";
import { pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const path = "/tokens";
const tags = ["API tokens"];

/** API tokens of one's own and of service accounts. */
export const tokenRoutes = [
  route({
    method: "get",
    path,
    summary: "List, newest first",
    tags,
    input: ListTokens,
    output: pageOf(TokenSummary),
    run: listTokens,
    problems: ["insufficient_scope"],
  }),
  route({
    method: "post",
    path,
    summary: "Make a token",
    tags,
    description: "Its secret is shown this once. No token makes tokens.",
    input: CreateToken,
    output: NewToken,
    run: createToken,
    status: 201,
    secret: true,
    problems: ["insufficient_scope", "service_account_not_found", "state_conflict"],
  }),
  route({
    method: "post",
    path: `${path}/{id}/rotate`,
    summary: "Make its successor",
    tags,
    description: "Same name, scopes and lifetime. The old one still works for the overlap, never longer than before.",
    input: RotateToken,
    output: NewToken,
    run: rotateToken,
    status: 201,
    secret: true,
    problems: ["insufficient_scope", "token_not_found", "state_conflict"],
  }),
  route({
    method: "delete",
    path: `${path}/{id}`,
    summary: "Revoke",
    tags,
    description: "It is refused at the next request.",
    input: ById,
    output: Done,
    run: revokeToken,
    problems: ["insufficient_scope", "token_not_found"],
  }),
];
