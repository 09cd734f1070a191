import { describe, expect, it } from "vitest";
import { featureUrl, writeSnippets } from "./snippets";

const subject = {
  origin: "http://localhost:3000",
  reference: "route_traffic:flights_7d",
  name: "flights_7d",
  group: "route_traffic",
  joinKeys: [
    { name: "origin", type: "STRING" as const },
    { name: "stop", type: "INT64" as const },
  ],
  key: "O'HARE%7CX|7",
  eventTime: "event_timestamp",
  lastEventTime: "2001-06-30T23:59:00.000000Z",
};
const code = (language: string): string => writeSnippets(subject).find((one) => one.value === language)?.code ?? "";

describe("code to copy", () => {
  it("addresses a feature of an entity with a composite key", () => {
    expect(featureUrl("http://h", "g:f", "ORD|LAX")).toBe("http://h/api/v1/features/g:f/entity/ORD%7CLAX");
  });

  it("writes typed keys and quotes for each language", () => {
    expect(code("sql")).toContain("WHERE origin = 'O''HARE|X' AND stop = 7");
    expect(code("python")).toContain('{"origin":"O\'HARE|X","stop":7,"event_timestamp":"2001-06-30T23:59:00Z"}');
    expect(code("curl")).toContain("O'\\''HARE%7CX|7");
    expect(code("typescript")).toContain('"entity_ids":["O\'HARE%7CX|7"]');
  });

  it("stands a feature without example keys", () => {
    const snippets = writeSnippets({ ...subject, key: null, lastEventTime: null });
    expect(snippets.map((one) => one.value)).toEqual(["curl", "python", "typescript", "sql"]);
    expect(snippets[0]?.code).toContain("ORIGIN|STOP".replace("|", "%7C"));
  });
});
