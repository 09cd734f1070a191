/** Tests only: two groups whose rows are written in their SQL, so that a test needs no files. */
export const TEST_FILES = [
  {
    path: "catalog.yaml",
    text: `kind: entity
name: airport
joinKeys: [{ name: airport, type: STRING }]
---
kind: entity
name: route
joinKeys: [{ name: origin, type: STRING }, { name: destination, type: STRING }]
---
kind: feature_group
name: traffic
description: Departures of an airport.
entity: airport
owner: ops
tags: [volume]
sql: traffic.sql
features:
  - { name: departures, type: INT32, description: Departures of the day., tags: [volume] }
  - { name: remark, type: STRING }
---
kind: feature_group
name: routes
entity: route
sql: routes.sql
features:
  - { name: distance, type: FLOAT64 }
---
kind: feature_view
name: delay_v1
joins:
  - { group: traffic, features: [departures] }
`,
  },
  {
    path: "traffic.sql",
    text: `SELECT airport, event_timestamp::TIMESTAMPTZ AS event_timestamp, departures::INTEGER AS departures, remark
FROM (VALUES
  ('ATL', '2026-01-01T00:00:00Z', 3, '=1+1'),
  ('ATL', '2026-01-02T00:00:00Z', 5, 'a "quoted", word'),
  ('LAX', '2026-01-01T00:00:00Z', NULL, NULL)
) AS t(airport, event_timestamp, departures, remark)`,
  },
  {
    path: "routes.sql",
    text: `SELECT 'A|B' AS origin, 'LAX' AS destination, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS event_timestamp, 10.5::DOUBLE AS distance`,
  },
];
