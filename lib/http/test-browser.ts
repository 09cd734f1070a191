import { expect } from "vitest";
import { hashPassword } from "@/lib/access/password";
import type { Role } from "@/lib/kernel/actor";
import type { Context } from "@/lib/platform/context";
import { newId } from "@/lib/platform/ids";
import type { AppOptions } from "./app-options";
import { ADDRESS_HEADER, contextOf, type DoorSettings, sessionCookie } from "./sender";
import { type Received, type Sent, testApp } from "./test-app";

/** Tests only: what a password that the rule takes looks like. */
export const PASSWORD = "correct horse battery staple";

/** Tests only: keeps cookies as a browser does, and says with every request which page it came from. */
export type Browser = {
  send(path: string, sent?: Sent): Promise<Received>;
  cookies: Map<string, string>;
};

let browsers = 0;

/** Tests only: an application that finds out itself who sends a request, and browsers that each have an address of their own. */
export function testSite(
  ctx: Context,
  overrides: Partial<AppOptions> = {},
): { newBrowser(headers?: Record<string, string>): Browser; fetch(request: Request): Promise<Response> } {
  const door: DoorSettings = overrides.door ?? { demo: false, secure: false };
  const { actor: _actor, project: _project, ...base } = ctx;
  const app = testApp(ctx, {
    base,
    door,
    contextFor: ({ request, ...wanted }) => contextOf(base, { ...wanted, headers: request.headers }, door),
    ...overrides,
  });
  const newBrowser = (own: Record<string, string> = {}): Browser => {
    const cookies = new Map<string, string>();
    browsers++;
    const address = `10.${browsers >> 16}.${(browsers >> 8) & 255}.${browsers & 255}`;
    return {
      cookies,
      send: async (path, { headers = {}, ...sent } = {}) => {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
        const kept: Record<string, string> = cookie ? { cookie } : {};
        const page = { [ADDRESS_HEADER]: address, "sec-fetch-site": "same-origin", ...kept, ...own, ...headers };
        const answer = await app.send(path, { ...sent, headers: page });
        for (const line of answer.headers.getSetCookie()) keep(cookies, line);
        return answer;
      },
    };
  };
  return { newBrowser, fetch: app.fetch };
}

/** Tests only: an account that can sign in, and is a member of the context's project when a role is given. */
export async function addUser(
  ctx: Context,
  user: { email: string; role?: Role; password?: string | null; instanceAdmin?: boolean; kind?: "person" | "demo" },
): Promise<{ id: string; email: string }> {
  const { email, role, password = PASSWORD, instanceAdmin = false, kind = "person" } = user;
  const id = newId("usr");
  const passwordHash = password === null ? null : await hashPassword(password);
  await ctx.db.user.create({ data: { id, kind, email, name: email.split("@")[0] ?? "", passwordHash, instanceAdmin } });
  if (role) await ctx.db.member.create({ data: { projectId: ctx.project.id, userId: id, role } });
  return { id, email };
}

/** Tests only: signs a browser in, and fails unless that worked. */
export async function signInAs(browser: Browser, email: string, password: string = PASSWORD): Promise<string> {
  const answer = await browser.send("/auth/sign-in", { body: { email, password } });
  expect(answer.status, answer.text).toBe(200);
  return browser.cookies.get(sessionCookie({ secure: false })) ?? "";
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = "", ...attributes] = line.split("; ");
  const [name = "", value = ""] = pair.split(/=(.*)/s);
  if (attributes.includes("Max-Age=0")) cookies.delete(name);
  else cookies.set(name, value);
}
