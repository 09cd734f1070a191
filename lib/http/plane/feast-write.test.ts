import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { closeContexts } from "@/lib/testing/context";
import { execute } from "@/lib/testing/runs";
import { writeTestRows } from "@/lib/testing/written-rows";
import { AT, columnsOf, type FeastPlane, faultOf, startFeast } from "./feast-fixture";
import type { PlaneReply } from "./plane-fixture";

let feast: FeastPlane;
beforeAll(async () => {
  feast = await startFeast();
});
afterAll(async () => {
  await feast.plane.stop();
  await closeContexts();
});

describe("writing", () => {
  const write = (body: unknown, headers = {}): Promise<PlaneReply> =>
    feast.post("/write-to-online-store", body, headers);
  const one = async (feature: string, id: Value): Promise<Value> =>
    columnsOf(await feast.read({ features: [feature], entities: { driver_id: [id] } }))[1]?.[1].values[0] ?? null;

  test("/write-to-online-store takes a frame as clients send it, and reads give it back", async () => {
    const df = {
      driver_id: [51, 52],
      trips: [5, 6],
      seen: [1767225600, null],
      extra: ['{"a": 1}', null],
      rating: [1.5, 2],
      event_timestamp: ["2026-01-15T11:59:00", "2026-01-15T11:59:00.000001"],
      created: [null, null],
    };
    const reply = await write({ feature_view_name: "stats", df, allow_registry_cache: false });
    expect([reply.status, reply.text]).toEqual([200, "null"]);
    const columns = columnsOf(
      await feast.read({
        features: ["stats:trips", "stats:seen", "stats:extra", "stats:rating"],
        entities: { driver_id: [52, 51] },
      }),
    );
    expect(columns.slice(1).map(([, { values }]) => values)).toEqual([
      [6, 5],
      [null, 1767225600],
      [null, '{"a":1}'],
      [2, 1.5],
    ]);
    expect(columns[1]?.[1].event_timestamps).toEqual(["2026-01-15T11:59:00.000001Z", "2026-01-15T11:59:00Z"]);
  });

  test("/push takes the name of a group; late rows change nothing", async () => {
    const send = (trips: number, at: string) =>
      feast.post("/push", {
        push_source_name: "stats",
        df: { driver_id: [61], trips: [trips], event_timestamp: [at] },
      });
    const reply = await send(1, "2026-01-15 11:30:00");
    expect([reply.status, reply.text]).toEqual([200, ""]);
    await send(2, "2026-01-15T12:20:00+01:00");
    expect(await one("stats:trips", 61)).toBe(1);
    await send(3, "2026-01-15T12:31:00+01:00");
    expect(await one("stats:trips", 61)).toBe(3);
  });

  test("both times go to the group's own columns, whatever they are called", async () => {
    const send = (n: number, created: string) =>
      write({
        feature_view_name: "known",
        df: { driver_id: [71], n: [n], event_timestamp: ["2026-01-15T11:00:00"], created: [created] },
      });
    await send(2, "2026-01-15T11:02:00");
    await feast.plane.plane.refresh();
    expect(await one("known:n", 71)).toBe(2);
    await send(1, "2026-01-15T11:01:00");
    expect(await one("known:n", 71)).toBe(2);
    await send(3, "2026-01-15T11:03:00");
    expect(await one("known:n", 71)).toBe(3);
  });

  test("more rows than one push may have go online in several", async () => {
    const ids = Array.from({ length: 10_050 }, (_, at) => 100_000 + at);
    const df = { driver_id: ids, trips: ids, event_timestamp: ids.map(() => "2026-01-15T11:59:00") };
    expect((await write({ feature_view_name: "stats", df })).status).toBe(200);
    expect(await one("stats:trips", 110_049)).toBe(110_049);
  });

  test("online_and_offline makes a commit", async () => {
    const df = { driver_id: [81], trips: [8], event_timestamp: ["2026-01-15T11:59:00"] };
    const reply = await feast.plane.send("/push", {
      body: { push_source_name: "stats", df, to: "online_and_offline" },
    });
    expect(reply.status).toBe(200);
    expect(await one("stats:trips", 81)).toBe(8);
    expect(
      await feast.ctx.db.commit.count({ where: { group: { name: "stats", projectId: feast.ctx.project.id } } }),
    ).toBe(1);
  });

  test.each<[string, string, unknown, number, string]>([
    ["an unknown source", "/push", { push_source_name: "nobody", df: {} }, 422, "PushSourceNotFoundException"],
    [
      "an unknown view",
      "/write-to-online-store",
      { feature_view_name: "no", df: {} },
      404,
      "FeatureViewNotFoundException",
    ],
    ["no rows", "/write-to-online-store", { feature_view_name: "stats", df: {} }, 422, "FeastError"],
    [
      "an unknown column",
      "/write-to-online-store",
      { feature_view_name: "stats", df: { driver_id: [1], more: [1], event_timestamp: [AT] } },
      422,
      "FeastError",
    ],
    ["another mode", "/push", { push_source_name: "stats", df: {}, to: "everywhere" }, 422, "FeastError"],
    ["no frame", "/push", { push_source_name: "stats", df: { driver_id: 1 } }, 422, "FeastError"],
    ["search", "/search", { features: ["stats:vector"], query: [1, 2] }, 501, "FeastError"],
    ["search by its old name", "/retrieve-online-documents", {}, 501, "FeastError"],
  ])("%s is told as Feast's class", async (_, path, body, status, name) => {
    expect(faultOf(await feast.post(path, body))).toMatchObject({ status, class: name });
  });

  test("a bad row is named, with its column; a reader may not write", async () => {
    const df = { driver_id: [1, 2], trips: [1, "x"], event_timestamp: [AT, AT] };
    const fault = faultOf(await write({ feature_view_name: "stats", df }));
    expect(fault).toMatchObject({ status: 422, message: expect.stringContaining("row 2: trips is not a INT64") });
    expect(faultOf(await write({ feature_view_name: "stats", df }, feast.as("viewer")))).toMatchObject({
      status: 403,
      class: "FeastPermissionError",
    });
  });
});

describe("materializing", () => {
  const ask = (path: string, body: unknown, headers = {}): Promise<PlaneReply> => feast.post(path, body, headers);
  const runs = () => feast.ctx.db.run.findMany({ where: { projectId: feast.ctx.project.id, kind: "materialize" } });
  const end_ts = "2026-01-15T12:00:00";

  test("waits for the run; async answers 202 and a second one 409 until it has ended", async () => {
    await writeTestRows(feast.ctx, "known", [{ driver_id: 1, at: "2026-01-15T10:00:00Z", n: 1 }]);
    const accepted = await ask("/materialize-incremental?async=true", { end_ts, feature_views: ["known"] });
    expect([accepted.status, accepted.json]).toEqual([
      202,
      { status: "accepted", feature_views: ["known"], run: expect.any(String) },
    ]);
    const busy = await ask("/materialize-incremental", { end_ts });
    expect([busy.status, busy.json]).toEqual([409, { error: expect.any(String), feature_views: ["known"] }]);
    await execute(feast.ctx, String(accepted.json.run));
    const waiting = ask("/materialize", {
      start_ts: "2026-01-15T10:00:00",
      end_ts: "2026-01-15T10:00:00",
      feature_views: ["known"],
    });
    await expect.poll(async () => (await runs()).length).toBe(2);
    const [queued] = (await runs()).filter(({ state }) => state === "QUEUED");
    expect(queued?.input).toMatchObject({ start: "2026-01-15T10:00:00.000000Z", end: "2026-01-15T10:00:00.000001Z" });
    await execute(feast.ctx, queued?.id ?? "");
    const reply = await waiting;
    expect([reply.status, reply.text]).toEqual([200, "null"]);
    await feast.plane.plane.refresh();
    const read1 = await feast.read({ features: ["known:n"], entities: { driver_id: [1] } });
    expect(columnsOf(read1)[1]?.[1].values).toEqual([1]);
  });

  test.each<[string, string, unknown, number, string]>([
    ["an end in the future", "/materialize-incremental", { end_ts: "2026-01-15T12:00:01" }, 422, "FeastError"],
    ["an end in the future", "/materialize", { start_ts: AT, end_ts: "2026-02-01" }, 422, "FeastError"],
    ["no end", "/materialize-incremental", {}, 422, "FeastError"],
    [
      "an unknown view",
      "/materialize-incremental",
      { end_ts, feature_views: ["no"] },
      404,
      "FeatureViewNotFoundException",
    ],
    [
      "a version that is not the newest",
      "/materialize-incremental",
      { end_ts, feature_views: ["known"], version: "v2" },
      404,
      "FeatureViewVersionNotFound",
    ],
  ])("%s is told as Feast's class", async (_, path, body, status, name) => {
    expect(faultOf(await ask(path, body))).toMatchObject({ status, class: name });
  });

  test("takes the right to start runs", async () => {
    const reply = await ask("/materialize-incremental", { end_ts }, feast.as("viewer"));
    expect(faultOf(reply)).toMatchObject({ status: 403, class: "FeastPermissionError" });
  });
});
