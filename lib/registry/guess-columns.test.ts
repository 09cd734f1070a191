import { describe, expect, test } from "vitest";
import { guessColumns } from "./guess-columns";

const airport = { name: "airport", joinKeys: [{ name: "airport", type: "STRING" as const }] };
const route = {
  name: "route",
  joinKeys: [
    { name: "origin", type: "STRING" as const },
    { name: "destination", type: "STRING" as const },
  ],
};
const customer = { name: "customer", joinKeys: [{ name: "customer_id", type: "INT64" as const }] };
const everywhere = { name: "everywhere", joinKeys: [] };
const known = [everywhere, airport, customer, route];

/** `name TYPE` for each column; what is guessed as `name=role` or `name=role:entity`. */
const guess = (columns: string, entities: Parameters<typeof guessColumns>[1] = known): string =>
  guessColumns(
    columns.split(", ").map((text) => {
      const [name = "", type = ""] = text.split(" ");
      return { name, type };
    }),
    entities,
  )
    .filter((column) => column.role !== "feature")
    .map(({ name, role, entity }) => `${name}=${role}${entity ? `:${entity}` : ""}`)
    .join(" ");

describe("what a column is guessed to be", () => {
  test.each([
    ["a key by name and type", "airport STRING, v FLOAT64", "airport=key:airport"],
    ["not by name alone", "airport FLOAT64, v FLOAT64", ""],
    ["integers of another width", "customer_id INT32, v FLOAT64", "customer_id=key:customer"],
    ["an integer is no text key", "airport INT64, v INT64", ""],
    ["all keys of a composite one", "destination STRING, origin STRING", "destination=key:route origin=key:route"],
    ["half a composite key is none", "origin STRING, v INT64", ""],
    [
      "the entity with more keys",
      "airport STRING, origin STRING, destination STRING",
      "origin=key:route destination=key:route",
    ],
    ["an id of an unknown entity", "shop_id INT64, other_id INT64, v FLOAT64", "shop_id=key"],
    ["however it is written", "ShopID STRING, ID INT64", "ShopID=key"],
    [
      "with other signs between its words",
      "shop-id STRING, Event-Time TIMESTAMP, t TIMESTAMP",
      "shop-id=key Event-Time=event_time",
    ],
    ["a float is no id", "shop_id FLOAT64", ""],
    ["a time is no id", "day_code DATE", "day_code=event_time"],
    ["a word that ends alike is no id", "paid INT64, grid STRING", ""],
    ["the only instant", "airport STRING, seen TIMESTAMP", "airport=key:airport seen=event_time"],
    ["the best name among instants", "a TIMESTAMP, event_timestamp TIMESTAMP", "event_timestamp=event_time"],
    ["an instant before a day", "date DATE, at TIMESTAMP", "at=event_time"],
    ["what happened before what was written", "created_at TIMESTAMP, seen TIMESTAMP", "seen=event_time"],
    ["what was written where there is no other", "created_at TIMESTAMP, v INT64", "created_at=event_time"],
    ["a list of instants is no time", "seen TIMESTAMP[]", ""],
    ["text is no time", "event_timestamp STRING", ""],
    ["one time only", "t1 TIMESTAMP, t2 TIMESTAMP", "t1=event_time"],
  ])("%s", (_, columns, expected) => expect(guess(columns)).toBe(expected));

  test("a key is never the event time too", () => {
    const hour = { name: "hour", joinKeys: [{ name: "hour", type: "TIMESTAMP" as const }] };
    expect(guess("hour TIMESTAMP, v INT64", [hour])).toBe("hour=key:hour");
  });

  test("of entities with equal keys the first by name, so that the guess never wavers", () => {
    const twin = { ...airport, name: "aerodrome" };
    expect(guess("airport STRING", [airport, twin])).toBe("airport=key:aerodrome");
    expect(guess("airport STRING", [twin, airport])).toBe("airport=key:aerodrome");
  });

  test("columns keep their order and types", () => {
    expect(guessColumns([{ name: "v", type: "DECIMAL(9,2)" }], [])).toEqual([
      { name: "v", type: "DECIMAL(9,2)", role: "feature", entity: null },
    ]);
    expect(guessColumns([], known)).toEqual([]);
  });
});
