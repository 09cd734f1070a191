import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { cache } from "react";
import { isLarderError } from "@/lib/kernel/errors";
import { baseOf, type Context, openProcess } from "@/lib/platform/context";
import { doorOf } from "./door";
import { type Access, contextOf, PATH_HEADER } from "./sender";

const load = cache(async (access: Access): Promise<Context> => {
  await connection();
  const opened = openProcess("web");
  const sender = { headers: await headers(), requestId: null, project: null, access };
  return contextOf(baseOf(opened), sender, doorOf(opened.env));
});

/**
 * The context of a server component: who looks, in the project they chose. Makes the page dynamic. Sends whoever is not
 * signed in to the sign-in page, and who has no project to the page that says so; `account` pages need no project, `public` ones nobody.
 */
export async function pageContext(access: Access = "project"): Promise<Context> {
  try {
    return await load(access);
  } catch (error) {
    if (!isLarderError(error)) throw error;
    if (error.code === "unauthenticated") redirect(`/sign-in${await returnTo()}`);
    if (error.code === "project_not_found") redirect("/no-project");
    throw error;
  }
}

/** The same for the frame around every page, which stands for everybody: null where `pageContext` would lead elsewhere. */
export async function findPageContext(access: Access = "project"): Promise<Context | null> {
  return load(access).catch(() => null);
}

async function returnTo(): Promise<string> {
  const path = (await headers()).get(PATH_HEADER);
  return path && path !== "/" ? `?next=${encodeURIComponent(path)}` : "";
}
