import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { createToken } from "@/lib/access/create-token";
import { CreateToken } from "@/lib/access/schema";
import type { Value } from "@/lib/kernel/values";
import { type Context, contextFor, openProcess } from "@/lib/platform/context";
import { openEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { applyDefinitions } from "@/lib/registry/apply-definitions";
import { pushRows } from "@/lib/streaming/push-rows";
import { PushRows } from "@/lib/streaming/schema";
import { liveAsChild } from "./child";
import { prepareDatabase } from "./prepare-database";
import { startServing } from "./serving-server";

// For `npm run test:feast`: the data plane over a small project of its own, in a folder that is gone afterwards.

const features = (types: Record<string, string>) => Object.entries(types).map(([name, type]) => ({ name, type }));
const DEFINITIONS = [
  { kind: "entity", name: "driver", joinKeys: [{ name: "driver_id", type: "INT64" }] },
  {
    kind: "entity",
    name: "route",
    joinKeys: [
      { name: "origin", type: "STRING" },
      { name: "stop", type: "INT64" },
    ],
  },
  {
    kind: "feature_group",
    name: "stats",
    entity: "driver",
    ttl: "1h",
    createdTime: "created",
    features: features({
      trips: "INT64",
      rating: "FLOAT64",
      note: "STRING",
      active: "BOOL",
      seen: "TIMESTAMP",
      ids: "INT64[]",
      vector: "FLOAT64[]",
      tags: "STRING[]",
    }),
  },
  { kind: "feature_group", name: "routes", entity: "route", features: features({ delay: "FLOAT64", note: "STRING" }) },
  {
    kind: "feature_view",
    name: "everything",
    joins: [
      { group: "stats", features: ["trips", "rating"] },
      { group: "routes", features: ["delay"] },
    ],
  },
];

await liveAsChild(async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-feast-"));
  const postgres = await openEmbeddedPostgres({
    folder: null,
    socketDir: folder,
    onFatal: (error) => {
      throw error;
    },
  });
  process.env.DATABASE_URL = postgres.connectionString;
  process.env.LARDER_DATA_DIR = folder;
  await prepareDatabase(env(), postgres.connectionString);
  const tokens = await makeProject();
  const { ready, end } = await startServing();
  // Node resolves localhost as it likes; the server is bound to this address.
  const address = (ready.address ?? "").replace("localhost", "127.0.0.1");
  return {
    ready: { address: JSON.stringify({ address, ...tokens }) },
    end: async () => {
      await end();
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

/** Definitions, rows, and a token for everything and one for reads only. */
async function makeProject(): Promise<{ token: string; reader: string }> {
  const larder = openProcess("serving");
  const project = await larder.db.project.findFirstOrThrow({ select: { id: true, name: true } });
  const id = newId("usr");
  await larder.db.user.create({ data: { id, name: "Ada" } });
  await larder.db.member.create({ data: { projectId: project.id, userId: id, role: "admin" } });
  const ctx = contextFor(larder, { actor: { kind: "user", id, name: "Ada", role: "admin" }, project });
  const text = DEFINITIONS.map((item) => stringify(item)).join("---\n");
  await applyDefinitions(ctx, { files: [{ path: "project.yaml", text }], dryRun: false });
  // Statuses move by change requests, which are not what is tried here.
  await larder.db.feature.updateMany({ data: { status: "ACTIVE" } });
  await pushAll(ctx);
  const make = async (name: string, scopes: string[]): Promise<string> =>
    (await createToken(ctx, CreateToken.parse({ name, scopes }))).secret;
  return {
    token: await make("all", ["online:read", "online:write", "rows:write"]),
    reader: await make("reader", ["online:read"]),
  };
}

async function pushAll(ctx: Context): Promise<void> {
  const at = (minutesAgo: number): string => new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const push = (featureGroup: string, rows: Record<string, Value>[]) =>
    pushRows(ctx, PushRows.parse({ featureGroup, rows }));
  await push("stats", [
    {
      driver_id: 1,
      event_timestamp: at(10),
      trips: "9007199254740993",
      rating: 1,
      note: "é \u{1F600}",
      active: true,
      seen: "2026-01-01T00:00:00Z",
      ids: [1, "9007199254740993"],
      vector: [1, 0.5],
      tags: [],
    },
    { driver_id: 2, event_timestamp: at(10), trips: 2, rating: 2.5, active: false },
    { driver_id: 3, event_timestamp: at(90), trips: 3, rating: 3.5, active: true },
    { driver_id: "9007199254740993", event_timestamp: at(10), trips: 4, rating: "NaN" },
  ]);
  await push("routes", [
    { origin: "ATL", stop: 1, event_timestamp: at(10), delay: 5, note: "one" },
    { origin: "ATL", stop: 2, event_timestamp: at(10), delay: 6, note: "two" },
    { origin: "LAX", stop: 1, event_timestamp: at(10), delay: 7 },
  ]);
}
