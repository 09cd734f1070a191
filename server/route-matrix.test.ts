import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "@/lib/access/permissions";
import { ROUTES } from "@/lib/http/all-routes";
import { ENDPOINTS } from "@/lib/http/system";
import { ROLES } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, inNewProject } from "@/lib/testing/definitions";
import { ACTORS, type Actor, MATRIX } from "./route-matrix";
import { makeSession, makeToken, makeUser, type Sent, startTestServer, type TestServer } from "./test-server-fixture";

// Every route as every actor, through a real HTTP server, against the table in route-matrix.ts.

let ctx: TestContext;
let server: TestServer;
/** Credentials are made anew for each route: some of the routes end them. */
let credentials: Record<Actor, () => Promise<Pick<Sent, "cookie" | "token">>>;

beforeAll(async () => {
  ctx = await makeContext();
  await apply(ctx, entity("driver", { driver: "INT64" }));
  server = await startTestServer(ctx, { trustProxy: true });
  const other = await inNewProject(ctx);
  const session = (userId: string) => async () => ({ cookie: await makeSession(ctx, userId) });
  const admin = await makeUser(ctx, { role: "admin", sensitive: true });
  const token = (limits: { scopes: readonly string[]; expired?: boolean; revoked?: boolean }) => async () => ({
    token: await makeToken(ctx, admin, limits),
  });
  const roles = await Promise.all(ROLES.map(async (role) => [role, session(await makeUser(ctx, { role }))] as const));
  credentials = {
    ...(Object.fromEntries(roles) as Record<(typeof ROLES)[number], ReturnType<typeof session>>),
    anonymous: async () => ({}),
    foreign: session(await makeUser(other, { role: "admin" })),
    expired: token({ scopes: SCOPES, expired: true }),
    revoked: token({ scopes: SCOPES, revoked: true }),
    unscoped: token({ scopes: [] }),
    disabled: session(await makeUser(ctx, { role: "admin", disabled: true })),
    instanceAdmin: session(await makeUser(ctx, { instanceAdmin: true })),
  };
});
afterAll(async () => {
  await server.close();
  await closeContexts();
});

const keyOf = (route: { method: string; path: string }): string => `${route.method.toUpperCase()} ${route.path}`;

test("every route has a row, and every row a route", () => {
  expect(Object.keys(MATRIX).sort()).toEqual([...ROUTES, ...ENDPOINTS].map(keyOf).sort());
});

describe("answers each actor as the table says", () => {
  test.each(Object.entries(MATRIX).map(([key, row], index) => ({ key, row, index })))(
    "$key",
    async ({ key, row, index }) => {
      const [method = "", path = ""] = key.split(" ");
      const statuses: string[] = [];
      for (const [at, actor] of ACTORS.entries()) {
        const answer = await server.send({
          method,
          path: `/api/v1${(row.path ?? path).replaceAll(/\{(\w+)\}/g, "nothing_here")}`,
          ...(row.body === undefined
            ? {}
            : { body: JSON.parse(JSON.stringify(row.body).replaceAll("{actor}", actor)) }),
          ...(row.raw === undefined ? {} : { raw: row.raw }),
          ...(await credentials[actor]()),
          // Everybody asks for the same project; whoever does not belong to it must not learn that it exists.
          // Limits count by address, and each of these is a caller of its own.
          headers: {
            ...row.headers,
            "x-larder-project": ctx.project.name,
            "x-forwarded-for": `10.${at}.${index >> 8}.${index & 255}`,
          },
        });
        expect(answer.status, `${actor}: ${answer.text.slice(0, 500)}`).toBeLessThan(500);
        statuses.push(String(answer.status));
      }
      expect(statuses.join(" ")).toBe(row.is);
    },
  );
});
