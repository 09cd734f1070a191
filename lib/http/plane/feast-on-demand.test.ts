import { afterAll, beforeAll, expect, test } from "vitest";
import { createToken } from "@/lib/access/create-token";
import { CreateToken } from "@/lib/access/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { refresh } from "@/lib/testing/runs";
import { type PlaneReply, startPlane, type TestPlane } from "./plane-fixture";

let ctx: TestContext;
let plane: TestPlane;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rows", "driver,event_timestamp,trips\n1,2026-01-10,10\n2,2026-01-11,9007199254740993\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, trips, event_timestamp FROM rows",
      features: { trips: "INT64" },
    }),
    view("scored", [{ group: "stats", features: ["trips"] }], {
      requestData: { factor: "FLOAT64", asked: "TIMESTAMP" },
      onDemand: {
        next: { expression: "trips + 1" },
        night: { expression: "hour(asked) > 21" },
        worth: { expression: "trips * factor" },
      },
    }),
  );
  await refresh(ctx);
  const viewer = await person(ctx, "Vera", "viewer");
  const { secret } = await createToken(viewer, CreateToken.parse({ name: "read", scopes: ["online:read"] }));
  plane = await startPlane(ctx, { token: secret });
}, 60_000);
afterAll(async () => {
  await plane?.stop();
  await closeContexts();
});

const ask = (entities: object): Promise<PlaneReply> =>
  plane.send("/get-online-features", { method: "POST", body: { feature_service: "scored", entities } });

test("request data come among the entities; what is computed comes last", async () => {
  const reply = await ask({ driver: [1, 2, 9], factor: [2, 2, 2], asked: [1768514400, 1768464000, 1768464000] });
  expect([reply.status, reply.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  // Integers beyond 2^53 are numbers in Feast's answers.
  const exact = reply.text.replace("9007199254740994", '"9007199254740994"');
  const { metadata, results } = JSON.parse(exact) as {
    metadata: { feature_names: string[] };
    results: { values: unknown[]; statuses: string[]; event_timestamps: string[] }[];
  };
  expect(metadata.feature_names).toEqual(["driver", "trips", "next", "night", "worth"]);
  expect(results[2]).toEqual({
    values: [11, "9007199254740994", null],
    statuses: ["PRESENT", "PRESENT", "NULL_VALUE"],
    event_timestamps: ["2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z", "1970-01-01T00:00:00Z"],
  });
  expect(results[3]?.values).toEqual([true, false, false]);
  expect(results[4]?.values.slice(0, 1)).toEqual([20]);
});

test("request data that are missing, or of another length, are told", async () => {
  expect((await ask({ driver: [1], factor: [2] })).text).toContain("asked");
  expect((await ask({ driver: [1], factor: [2, 3], asked: [0] })).text).toContain("equally long");
});
