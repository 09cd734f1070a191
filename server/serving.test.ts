import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createToken } from "@/lib/access/create-token";
import { CreateToken } from "@/lib/access/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { testDatabase } from "@/lib/testing/database";
import { apply, csvSource, entity, group } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { refresh } from "@/lib/testing/runs";

// The serving process itself, started as a deployment starts it: without a parent that talks to it.

const ROOT = join(import.meta.dirname, "..");
const BODY = JSON.stringify({ entity_ids: [1, 2, 3], features: ["trips"] });

let ctx: TestContext;
let token: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  ctx = await makeContext();
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rows", "driver,event_timestamp,trips\n1,2026-01-01,10\n2,2026-01-01,20\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips, repeat('long ', 400) AS note FROM rows",
      features: { trips: "INT64", note: "STRING" },
    }),
  );
  await refresh(ctx, ["stats"]);
  const admin = await person(ctx, "Ada", "admin");
  // The process goes by the real clock, this context by one that stands still in January.
  const made = await createToken(
    { ...admin, clock: { ...ctx.clock, now: () => new Date() } },
    CreateToken.parse({ name: "test", scopes: ["online:read"] }),
  );
  token = made.secret;
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});
afterAll(closeContexts);

async function serve(workers: number): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort();
  const { connectionString } = await testDatabase();
  const child = spawn(process.execPath, ["--import", "tsx", "server/serving.ts"], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATABASE_URL: connectionString,
      LARDER_DATA_DIR: ctx.folder,
      LARDER_SERVING_PORT: String(port),
      LARDER_SERVING_WORKERS: String(workers),
      LARDER_DEMO: "0",
      LARDER_LOG_LEVEL: "error",
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  children.push(child);
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await wait(100)) {
    const ready = await fetch(`http://127.0.0.1:${port}/api/v1/health/ready`).catch(() => null);
    if (ready?.ok) return { port, child };
    if (child.exitCode !== null) break;
  }
  throw new Error("the serving process does not become ready");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** One read; the code of the error where there is no answer. */
function read(port: number, agent: Agent): Promise<number | string> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const sent = request({ port, host: "127.0.0.1", path: "/api/v1/features/batch", method: "POST", headers, agent });
    sent.once("response", (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.once("error", (error) => resolve(error.message));
    });
    sent.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(BODY);
  });
}

describe.each([[1], [2]])("%i worker(s)", (workers) => {
  test("a deploy during traffic: whoever was let in is answered, and the process ends by itself", async () => {
    const { port, child } = await serve(workers);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const answers: (number | string)[] = [];
    let ended = false;
    const gone = once(child, "exit").then(([code]) => {
      ended = true;
      return code as number | null;
    });
    const clients = Array.from({ length: 8 }, async () => {
      while (!ended) {
        const answer = await read(port, agent);
        answers.push(answer);
        if (answer === "ECONNREFUSED") return;
      }
    });
    while (answers.length < 100) await wait(10);
    child.kill("SIGTERM");
    const asked = performance.now();
    expect(await gone).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
    await Promise.all(clients);
    agent.destroy();
    // Whoever comes when nobody is let in any more is refused, or finds the door closing; nobody gets half an answer.
    expect(new Set(answers.filter((answer) => answer !== "ECONNREFUSED" && answer !== "ECONNRESET"))).toEqual(
      new Set([200]),
    );
    // A connection that nobody had taken yet when the door closed: at most one for each client and process.
    expect(answers.filter((answer) => answer === "ECONNRESET").length).toBeLessThanOrEqual(8 * workers);
  });
});

test("whoever reads slowly gets a long answer to its end, though the process is about to end", async () => {
  const { port, child } = await serve(1);
  const gone = once(child, "exit");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = request({ port, host: "127.0.0.1", path: "/api/v1/features/batch", method: "POST", headers });
  sent.end(JSON.stringify({ entity_ids: Array(10_000).fill(1), features: ["note"] }));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  child.kill("SIGTERM");
  // Nothing is read until the port is closed; what the system does not take waits in the process.
  while ((await read(port, new Agent())) !== "ECONNREFUSED") await wait(50);
  let length = 0;
  for await (const chunk of response) length += (chunk as Buffer).length;
  expect(length).toBeGreaterThan(20_000_000);
  expect(length).toBe(Number(response.headers["content-length"]));
  expect((await gone)[0]).toBe(0);
});

test("a port that is taken is told in one line", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { connectionString } = await testDatabase();
  const child = spawn(process.execPath, ["--import", "tsx", "server/serving.ts"], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: connectionString,
      LARDER_DATA_DIR: ctx.folder,
      LARDER_SERVING_PORT: String((taken.address() as AddressInfo).port),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = (await once(child, "exit")) as [number];
  taken.close();
  expect(code).toBe(78);
  expect(said.trim().split("\n")).toHaveLength(1);
  expect(said).toContain("LARDER_SERVING_PORT");
});
