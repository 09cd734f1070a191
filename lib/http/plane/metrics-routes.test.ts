import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "@/lib/kernel/actor";
import { type ServingRecorder, startRecorder } from "@/lib/serving/recorder";
import { readDrivers, servedCatalog } from "@/lib/serving/recorder-fixture";
import type { ServingCatalog } from "@/lib/serving/serving-catalog";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { METRICS_ROUTES } from "./metrics-routes";
import type { PlaneAnswer } from "./route";

let ctx: TestContext;
let catalog: ServingCatalog;
let recorder: ServingRecorder;

beforeAll(async () => {
  ctx = await makeContext();
  catalog = await servedCatalog(ctx, { ann: { ageSeconds: 60, values: [5, null] } });
  recorder = startRecorder({ ...ctx, name: "serving", address: null, sampleRate: 0, catalogs: () => [catalog] });
});
afterAll(async () => {
  await recorder.stop();
  await closeContexts();
});

async function scrape(actor: Actor): Promise<PlaneAnswer> {
  const [route] = METRICS_ROUTES;
  if (!route) throw new Error("no route");
  const url = new URL("http://localhost/metrics");
  const signal = new AbortController().signal;
  return route.run({ ctx: { ...ctx, actor }, catalog, body: undefined, url, path: {}, key: null, signal });
}

test("plain text with what this process served, for a token that may see the catalog", async () => {
  recorder.served(await readDrivers(ctx, catalog, ["ann"]), ctx, ctx.clock.now());
  const answer = await scrape({ ...ctx.actor, scopes: ["catalog:read"] });
  expect(answer).toMatchObject({ status: 200, type: expect.stringMatching(/^text\/plain; version=0\.0\.4/) });
  expect(String(answer.body)).toMatch(/^larder_served_values_total\{status="PRESENT"\} 1$/m);
});

test("not for a token without that scope, nor for nobody", async () => {
  await expect(scrape({ ...ctx.actor, scopes: ["online:read"] })).rejects.toMatchObject({ code: "insufficient_scope" });
  await expect(scrape({ ...ctx.actor, role: null })).rejects.toMatchObject({ code: "forbidden" });
});
