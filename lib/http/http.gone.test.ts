import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { testApp } from "./test-app";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

const ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE hash(a.range, b.range) = 0";
const preview = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ sql: ENDLESS }),
};

describe("a caller that goes away", () => {
  test("ends the work, which nobody waits for any more", async () => {
    const gone = new AbortController();
    const { fetch } = testApp(ctx);
    const request = new Request("http://localhost/api/v1/sql/preview", { ...preview, signal: gone.signal });
    const answer = fetch(request);
    setTimeout(() => gone.abort(), 1500);
    expect(await (await answer).json()).toMatchObject({ code: "cancelled" });
  });

  test("also behind the server, when its connection breaks", async () => {
    const { fetch } = testApp(ctx);
    const answers: Promise<Response>[] = [];
    const listener = getRequestListener(
      (request) => {
        const answer = fetch(request);
        answers.push(answer.then((response) => response.clone()));
        return answer;
      },
      { overrideGlobalObjects: false },
    );
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/sql/preview`;
    const gone = new AbortController();
    const call = fetchAt(url, gone.signal);
    await wait(1500);
    gone.abort();
    expect(await call).toBe("AbortError");
    expect(await (await answers[0])?.json()).toMatchObject({ code: "cancelled" });
    server.close();
  });
});

const fetchAt = (url: string, signal: AbortSignal): Promise<string> =>
  globalThis.fetch(url, { ...preview, signal }).then(
    () => "answered",
    (error: Error) => error.name,
  );
