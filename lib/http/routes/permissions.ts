import { getPermissionTable } from "@/lib/access/get-permission-table";
import { Nothing, PermissionTable } from "@/lib/access/schema";
import { route } from "../route";

/** The permission table. */
export const permissionRoutes = [
  route({
    method: "get",
    path: "/permissions",
    summary: "Every permission with the role and the scope it takes",
    tags: ["Members"],
    access: "account",
    input: Nothing,
    output: PermissionTable,
    run: getPermissionTable,
    problems: ["unauthenticated"],
  }),
];
