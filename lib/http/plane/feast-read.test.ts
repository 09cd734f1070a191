import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { closeContexts } from "@/lib/testing/context";
import { AT, columnsOf, EPOCH, type FeastPlane, faultOf, type Result, startFeast } from "./feast-fixture";

let feast: FeastPlane;
beforeAll(async () => {
  feast = await startFeast();
});
afterAll(async () => {
  await feast.plane.stop();
  await closeContexts();
});

describe("/get-online-features", () => {
  test("is column by column: join keys first, then features in the order asked, each for every entity in order", async () => {
    const reply = await feast.read({
      features: ["stats:note", "stats:trips", "stats:rating"],
      entities: { unknown: ["x"], driver_id: [3, 1, 3, 2, 99] },
    });
    const times = [EPOCH.replace("1970-01-01T00:00:00", "2026-01-15T10:59:59.999999"), AT];
    const column = (values: Value[], statuses: string[]): Result => ({
      values,
      statuses,
      event_timestamps: [times[0], times[1], times[0], "2026-01-15T11:30:00.123Z", EPOCH] as string[],
    });
    const old = "OUTSIDE_MAX_AGE";
    expect(columnsOf(reply)).toEqual([
      [
        "driver_id",
        { values: [3, 1, 3, 2, 99], statuses: Array(5).fill("PRESENT"), event_timestamps: Array(5).fill(EPOCH) },
      ],
      ["note", column([null, "é", null, null, null], [old, "PRESENT", old, "NULL_VALUE", "NOT_FOUND"])],
      // JSON.parse rounds what the text has exactly.
      ["trips", column([null, 9007199254740992, null, null, null], [old, "PRESENT", old, "NULL_VALUE", "NOT_FOUND"])],
      ["rating", column([null, 4, null, "NaN", null], [old, "PRESENT", old, "PRESENT", "NOT_FOUND"])],
    ]);
    expect(reply.text).toContain("[null,9007199254740993,null,null,null]");
    expect(reply.text).toContain('[null,4.0,null,"NaN",null]');
    expect(/^[ -~]*$/.test(reply.text)).toBe(true);
  });

  test.each<[string, string]>([
    ["trips", "9007199254740993"],
    ["rating", "4.0"],
    ["half", "0.5"],
    ["note", '"\\u00e9"'],
    ["active", "true"],
    ["price", '"1.50"'],
    ["seen", "1767225600"],
    ["day", '"2026-01-02"'],
    ["raw", '"YQ=="'],
    ["extra", JSON.stringify('{"a":[1,"\\u00e9"]}')],
    ["ids", "[1,9007199254740993,null]"],
    ["vector", "[1.0,0.5]"],
    ["tags", "null"],
    ["moments", "[-1]"],
  ])("%s is written as %s", async (name, expected) => {
    const { text } = await feast.read({ features: [`stats:${name}`], entities: { driver_id: [1] } });
    expect(text).toContain(`{"values":[${expected}],"statuses":["PRESENT"]`);
  });

  test("keys keep their digits", async () => {
    const raw = '{"features":["stats:trips"],"entities":{"driver_id":[9007199254740993,1]}}';
    const reply = await feast.plane.send("/get-online-features", { raw });
    expect(reply.text).toContain('"results":[{"values":[9007199254740993,1],');
  });

  test("composite keys, given in any order and answered in the order given", async () => {
    const reply = await feast.read({
      features: ["routes:delay"],
      entities: { stop: [1, 2, 1], origin: ["ATL", "ATL", "LAX"] },
    });
    const columns = columnsOf(reply);
    expect(columns.map(([name]) => name)).toEqual(["stop", "origin", "delay"]);
    expect(columns[2]?.[1]).toMatchObject({ values: [5, null, null], statuses: ["PRESENT", "NOT_FOUND", "NOT_FOUND"] });
  });

  test("names are bare or full; versions stay; a feature service is a view with its own names", async () => {
    const names = async (body: object): Promise<string[]> =>
      columnsOf(await feast.read({ entities: { driver_id: [1], origin: ["ATL"], stop: [1] }, ...body })).map(
        ([name]) => name,
      );
    const keys = ["driver_id", "origin", "stop"];
    const features = ["routes:delay", "stats:trips"];
    expect(await names({ features })).toEqual([...keys, "delay", "trips"]);
    expect(await names({ features, full_feature_names: true })).toEqual([...keys, "routes__delay", "stats__trips"]);
    const versioned = { features: ["stats@v1:trips", "stats:note"], full_feature_names: true };
    expect(await names(versioned)).toEqual(["driver_id", "stats@v1__trips", "stats__note"]);
    expect(await names({ feature_service: "everything" })).toEqual([...keys, "trips", "rating", "last__delay"]);
    expect(await names({ feature_service: "everything", features: [], full_feature_names: true })).toEqual([
      ...keys,
      "stats__trips",
      "stats__rating",
      "last__delay",
    ]);
    expect(await names({ features: ["stats:trips", "stats:trips"] })).toEqual(["driver_id", "trips"]);
  });

  test("no entities, no rows", async () => {
    const columns = columnsOf(await feast.read({ features: ["stats:trips"], entities: { driver_id: [] } }));
    expect(columns[1]).toEqual(["trips", { values: [], statuses: [], event_timestamps: [] }]);
  });

  test("personal values are withheld from who is no sensitive reader, drafts refused to viewers, retired to all", async () => {
    const entities = { driver_id: [1] };
    const masked = columnsOf(await feast.read({ features: ["people:email"], entities }));
    expect(masked[1]?.[1]).toMatchObject({ values: [null], statuses: ["INVALID"] });
    expect(columnsOf(await feast.read({ features: ["people:draft"], entities }))[1]?.[1].values).toEqual([2]);
    expect(faultOf(await feast.read({ features: ["people:draft"], entities }, feast.as("viewer")))).toMatchObject({
      status: 403,
      class: "FeastPermissionError",
    });
    expect(faultOf(await feast.read({ features: ["people:gone"], entities }))).toMatchObject({
      status: 410,
      class: "SpecifiedFeaturesNotPresentError",
    });
  });

  test.each<[string, unknown, number, string]>([
    ["an unknown view", { features: ["nobody:x"], entities: {} }, 404, "FeatureViewNotFoundException"],
    ["an unknown version", { features: ["stats@v9:trips"], entities: {} }, 404, "FeatureViewNotFoundException"],
    ["an unknown feature", { features: ["stats:nothing"], entities: {} }, 404, "SpecifiedFeaturesNotPresentError"],
    ["an unknown service", { feature_service: "nobody", entities: {} }, 404, "FeatureServiceNotFoundException"],
    [
      "a missing join key",
      { features: ["routes:delay"], entities: { origin: ["ATL"] } },
      422,
      "FeastEntityDFMissingColumnsError",
    ],
    [
      "two features of one name",
      { features: ["stats:note", "routes:note"], entities: { driver_id: [1], origin: ["ATL"], stop: [1] } },
      422,
      "FeatureNameCollisionError",
    ],
    ["a key of another type", { features: ["stats:trips"], entities: { driver_id: ["x"] } }, 422, "FeastError"],
    ["a null key", { features: ["stats:trips"], entities: { driver_id: [null] } }, 422, "FeastError"],
    [
      "lists of different length",
      { features: ["routes:delay"], entities: { origin: ["ATL"], stop: [1, 2] } },
      422,
      "FeastError",
    ],
    ["no features", { entities: { driver_id: [1] } }, 422, "FeastError"],
    ["no lists", { features: ["stats:trips"], entities: { driver_id: 1 } }, 422, "FeastError"],
    ["no object", [1], 422, "FeastError"],
    ["a reference that is none", { features: ["A:B"], entities: {} }, 422, "FeastError"],
  ])("%s is told as Feast's class", async (_, body, status, name) => {
    expect(faultOf(await feast.read(body))).toEqual({ status, class: name, message: expect.stringMatching(/\w+ \w+/) });
  });

  test("who is nobody gets 401, who lacks the scope 403, a body that is no JSON 400", async () => {
    const body = { features: ["stats:trips"], entities: { driver_id: [1] } };
    expect(faultOf(await feast.read(body, feast.as("fsp_wrong")))).toMatchObject({
      status: 401,
      class: "FeastPermissionError",
    });
    expect(faultOf(await feast.read(body, feast.as("writer")))).toMatchObject({
      status: 403,
      class: "FeastPermissionError",
    });
    expect(faultOf(await feast.plane.send("/get-online-features", { raw: "{" }))).toMatchObject({ status: 400 });
  });
});

test("/health needs nobody and says nothing", async () => {
  const reply = await feast.plane.send("/health", { headers: { authorization: "" } });
  expect([reply.status, reply.text]).toEqual([200, ""]);
});
