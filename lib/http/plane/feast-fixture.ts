import { expect } from "vitest";
import { createToken } from "@/lib/access/create-token";
import { CreateToken } from "@/lib/access/schema";
import type { Value } from "@/lib/kernel/values";
import { pushRows } from "@/lib/streaming/push-rows";
import { PushRows } from "@/lib/streaming/schema";
import { makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { type PlaneReply, startPlane, type TestPlane } from "./plane-fixture";

/** When most rows of the project were true; the clock stands an hour later, which is the ttl of `stats`. */
export const AT = "2026-01-15T11:00:00Z";
export const EPOCH = "1970-01-01T00:00:00Z";

/** A column of an answer. */
export type Result = { values: Value[]; statuses: string[]; event_timestamps: string[] };

/** A data plane over a small project, and how tests speak Feast with it. `as`: the headers of a token by its name. */
export type FeastPlane = {
  ctx: TestContext;
  plane: TestPlane;
  as(name: string): Record<string, string>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<PlaneReply>;
  read(body: unknown, headers?: Record<string, string>): Promise<PlaneReply>;
};

const active = (type: string, rest: object = {}) => ({ type, status: "ACTIVE" as const, ...rest });

/** Starts it; the caller stops `plane` and closes the contexts. */
export async function startFeast(): Promise<FeastPlane> {
  const tokens: Record<string, string> = {};
  const ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver_id: "INT64" }),
    entity("route", { origin: "STRING", stop: "INT64" }),
    group("stats", {
      entity: "driver",
      ttl: "1h",
      features: {
        trips: "INT64",
        rating: "FLOAT64",
        half: "FLOAT32",
        note: "STRING",
        active: "BOOL",
        price: "DECIMAL(10,2)",
        seen: "TIMESTAMP",
        day: "DATE",
        raw: "BYTES",
        extra: "JSON",
        ids: "INT64[]",
        vector: "FLOAT32[2]",
        tags: "STRING[]",
        moments: "TIMESTAMP[]",
      },
    }),
    group("routes", { entity: "route", features: { delay: "FLOAT64", note: "STRING" } }),
    group("people", {
      entity: "driver",
      features: {
        email: active("STRING", { sensitivity: "personal" }),
        gone: { type: "INT64", status: "RETIRED" },
        draft: { type: "INT64", status: "DRAFT" },
      },
    }),
    group("known", { entity: "driver", createdTime: "known_at", eventTime: "at", features: { n: "INT64" } }),
    view("everything", [
      { group: "stats", features: ["trips", "rating"] },
      { group: "routes", features: ["delay"], prefix: "last" },
    ]),
  );
  const stats = (driver_id: Value, rest: Record<string, Value>) => ({ driver_id, event_timestamp: AT, ...rest });
  await push(ctx, "stats", [
    stats(1, {
      trips: "9007199254740993",
      rating: 4,
      half: 0.5,
      note: "é",
      active: true,
      price: "1.50",
      seen: "2026-01-01T00:00:00.5Z",
      day: "2026-01-02",
      raw: "YQ==",
      extra: { a: [1, "é"] },
      ids: [1, "9007199254740993", null],
      vector: [1, 0.5],
      tags: [],
      moments: ["1969-12-31T23:59:59.5Z"],
    }),
    stats(2, { rating: "NaN", event_timestamp: "2026-01-15T11:30:00.123Z" }),
    stats(3, { trips: 3, event_timestamp: "2026-01-15T10:59:59.999999Z" }),
  ]);
  await push(ctx, "routes", [{ origin: "ATL", stop: 1, event_timestamp: AT, delay: 5 }]);
  await push(ctx, "people", [{ driver_id: 1, event_timestamp: AT, email: "a@example.com", gone: 1, draft: 2 }]);
  const admin = await person(ctx, "Ada", "admin");
  const viewer = await person(ctx, "Vera", "viewer");
  for (const [name, who, scopes] of [
    ["admin", admin, ["online:read", "online:write", "rows:write", "runs:write", "drafts:read"]],
    ["viewer", viewer, ["online:read"]],
    ["writer", admin, ["online:write"]],
  ] as const)
    tokens[name] = (await createToken(who, CreateToken.parse({ name, scopes: [...scopes] }))).secret;
  const plane = await startPlane(ctx, { token: tokens.admin ?? "" });
  const post = (path: string, sent: unknown, headers: Record<string, string> = {}): Promise<PlaneReply> =>
    plane.send(path, { body: sent, headers });
  return {
    ctx,
    plane,
    post,
    as: (name) => ({ authorization: `Bearer ${tokens[name] ?? name}` }),
    read: (sent, headers) => post("/get-online-features", sent, headers),
  };
}

function push(ctx: TestContext, featureGroup: string, rows: Record<string, Value>[]) {
  return pushRows(ctx, PushRows.parse({ featureGroup, rows }));
}

/** The columns of an answer by name, in their order. */
export function columnsOf(reply: PlaneReply): [string, Result][] {
  expect([reply.status, reply.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
  const { metadata, results } = reply.json as { metadata: { feature_names: string[] }; results: Result[] };
  expect(results).toHaveLength(metadata.feature_names.length);
  return metadata.feature_names.map((name, at) => [name, results[at] as Result]);
}

/** What a client raises: the error is a JSON text that holds JSON. */
export function faultOf(reply: PlaneReply): { status: number; class: string; message: string } {
  const { module, ...fault } = JSON.parse(JSON.parse(reply.text) as string) as Record<string, string>;
  expect(module).toBe("feast.errors");
  return { status: reply.status, ...fault } as { status: number; class: string; message: string };
}
