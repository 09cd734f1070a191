import { createResetLink } from "@/lib/access/create-reset-link";
import { listUsers } from "@/lib/access/list-users";
import { ById, NewLink, UpdateUser, UserSummary } from "@/lib/access/schema";
import { updateUser } from "@/lib/access/update-user";
import { PageQuery, pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const path = "/users";
const tags = ["Users"];

/** Users: everybody with an account, for the admins of the instance. */
export const userRoutes = [
  route({
    method: "get",
    path,
    summary: "List by name",
    tags,
    access: "account",
    input: PageQuery,
    output: pageOf(UserSummary),
    run: listUsers,
    problems: ["unauthenticated", "insufficient_scope"],
  }),
  route({
    method: "patch",
    path: `${path}/{id}`,
    summary: "Disable or enable, make admin of the instance",
    tags,
    description: "Who is disabled is out at the next request.",
    access: "account",
    input: UpdateUser,
    output: UserSummary,
    run: updateUser,
    problems: ["unauthenticated", "insufficient_scope", "user_not_found", "last_admin", "state_conflict"],
  }),
  route({
    method: "post",
    path: `${path}/{id}/reset-link`,
    summary: "Make a link for a new password",
    tags,
    description: "Works once, within a day; the one before it ends. It is shown this once.",
    access: "account",
    input: ById,
    output: NewLink,
    run: createResetLink,
    status: 201,
    secret: true,
    problems: ["unauthenticated", "insufficient_scope", "user_not_found", "state_conflict"],
  }),
];
