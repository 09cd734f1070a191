import { connection } from "next/server";
import { LOCAL_ADMIN } from "@/lib/kernel/actor";
import { type Context, contextFor, openProcess } from "@/lib/platform/context";
import { resolveProject } from "./project";

/** The context of a server component: who looks, in the default project. Makes the page dynamic. */
export async function pageContext(): Promise<Context> {
  await connection();
  const opened = openProcess("web");
  return contextFor(opened, { actor: LOCAL_ADMIN, project: await resolveProject(opened.db, null) });
}
