import { once } from "node:events";
import { request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { hashSecret, hintOf, newSecret } from "@/lib/access/secret";
import { SESSION_MS } from "@/lib/access/session-policy";
import { createApp } from "@/lib/http/app";
import { probesOf } from "@/lib/http/health";
import { contextOf } from "@/lib/http/sender";
import type { Role } from "@/lib/kernel/actor";
import { newId } from "@/lib/platform/ids";
import type { TestContext } from "@/lib/testing/context";
import { createWebServer } from "./web-server";

/** What a test sends. `cookie` stands for a browser: Origin and Sec-Fetch-Site are added as one would. */
export type Sent = {
  method?: string;
  path: string;
  body?: unknown;
  raw?: string | Buffer;
  token?: string | undefined;
  cookie?: string | undefined;
  headers?: Record<string, string>;
};
export type Received = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: Record<string, unknown>;
};

export type TestServer = { port: number; origin: string; send(sent: Sent): Promise<Received>; close(): Promise<void> };

/** Tests only: the API over a context, behind the real server on a free loopback port, with nobody signed in. */
export async function startTestServer(
  ctx: TestContext,
  options: { demo?: boolean; trustProxy?: boolean } = {},
): Promise<TestServer> {
  const { actor: _actor, project: _project, queue: _queue, folder, ...base } = ctx;
  const door = { demo: options.demo ?? false, secure: false };
  const app = createApp({
    base,
    door,
    contextFor: ({ request, ...wanted }) => contextOf(base, { ...wanted, headers: request.headers }, door),
    log: ctx.log,
    probes: probesOf({ db: ctx.db, online: ctx.online, offlineDir: folder }),
    hosts: [],
    swaggerDir: join(import.meta.dirname, "../node_modules/swagger-ui-dist"),
    checkOutput: true,
  });
  const server = createWebServer(
    {
      api: getRequestListener(async (request) => app.fetch(request), { overrideGlobalObjects: false }),
      page: (_request, response) => response.writeHead(404).end(),
      isOpen: () => true,
      isDemonstration: () => door.demo,
    },
    { development: false, secure: false, trustProxy: options.trustProxy ?? false, hosts: [] },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    send: (sent) => exchange(port, origin, sent),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close").catch(() => undefined);
    },
  };
}

/** Node's own client, since fetch refuses some of the headers and methods that an attacker would send. */
function exchange(port: number, origin: string, sent: Sent): Promise<Received> {
  const payload = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  const headers: Record<string, string> = {
    ...(sent.body === undefined ? {} : { "content-type": "application/json" }),
    ...(sent.token ? { authorization: `Bearer ${sent.token}` } : {}),
    ...(sent.cookie ? { cookie: `larder_session=${sent.cookie}`, origin, "sec-fetch-site": "same-origin" } : {}),
    ...(payload === undefined ? {} : { "content-length": String(Buffer.byteLength(payload)) }),
    ...sent.headers,
  };
  const method = sent.method ?? (payload === undefined ? "GET" : "POST");
  return new Promise((resolve, reject) => {
    const request = send({ host: "127.0.0.1", port, method, path: sent.path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = /^application\/(?:problem\+)?json$/.test(
          String(response.headers["content-type"]).split(";")[0] ?? "",
        );
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson && text ? JSON.parse(text) : {},
        });
      });
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(payload);
  });
}

/** A user with a role in a project, or none. Answers their id. */
export async function makeUser(
  ctx: TestContext,
  options: {
    role?: Role;
    sensitive?: boolean;
    instanceAdmin?: boolean;
    email?: string;
    passwordHash?: string;
    disabled?: boolean;
  } = {},
): Promise<string> {
  const id = newId("usr");
  const { role, sensitive = false, instanceAdmin = false } = options;
  await ctx.db.user.create({
    data: {
      id,
      name: `${role ?? "outsider"} ${id.slice(-4)}`,
      email: options.email ?? `${id}@example.com`,
      passwordHash: options.passwordHash ?? null,
      instanceAdmin,
      disabledAt: options.disabled ? ctx.clock.now() : null,
    },
  });
  if (role) await ctx.db.member.create({ data: { projectId: ctx.project.id, userId: id, role, sensitive } });
  return id;
}

/** A session of a user; answers what its cookie holds. */
export async function makeSession(ctx: TestContext, userId: string): Promise<string> {
  const secret = newSecret("lse");
  const now = ctx.clock.now();
  const times = { createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + SESSION_MS) };
  await ctx.db.session.create({ data: { id: newId("ses"), userId, hash: hashSecret(secret), ...times } });
  return secret;
}

/** An API token of a user in the context's project; answers its secret. */
export async function makeToken(
  ctx: TestContext,
  userId: string,
  options: { scopes: readonly string[]; expired?: boolean; revoked?: boolean },
): Promise<string> {
  const secret = newSecret("fsp");
  const now = ctx.clock.now();
  await ctx.db.apiToken.create({
    data: {
      id: newId("tok"),
      projectId: ctx.project.id,
      userId,
      name: "test",
      hash: hashSecret(secret),
      hint: hintOf(secret),
      scopes: [...options.scopes],
      createdBy: userId,
      createdAt: now,
      expiresAt: new Date(now.getTime() + (options.expired ? -1000 : 86_400_000)),
      revokedAt: options.revoked ? now : null,
    },
  });
  return secret;
}

/** Fails unless an answer is the problem of that status and code. */
export function expectProblem(answer: Received, status: number, code: string): void {
  if (answer.status !== status || answer.json.code !== code)
    throw new Error(`expected ${status} ${code}, got ${answer.status} ${answer.text.slice(0, 600)}`);
  if (answer.headers["content-type"] !== "application/problem+json") throw new Error("not a problem document");
  if (answer.json.request_id !== answer.headers["x-request-id"])
    throw new Error("request_id differs from X-Request-Id");
  if (/\bat .*\.[tj]s:|node_modules|prisma/i.test(answer.text)) throw new Error(`shows our insides: ${answer.text}`);
}
