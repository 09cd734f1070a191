import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import { permissionTable } from "./permission-table";
import type { Nothing, PermissionTable } from "./schema";

/** What there is to be permitted, which role it takes, and which scope of a token. */
export async function getPermissionTable(ctx: Context, _input: Nothing): Promise<PermissionTable> {
  authorize(ctx, "me.read", "permissions:all");
  return permissionTable();
}
