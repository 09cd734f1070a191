import { truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import { appendConformance } from "./conformance-append";
import { failure, joinOf, requestOf, type Subject, second, shapeOf, tableOf } from "./conformance-data";
import { historyConformance } from "./conformance-history";
import { onDemandConformance } from "./conformance-on-demand";
import { pointInTimeConformance } from "./conformance-point-in-time";
import { queryConformance } from "./conformance-queries";
import { randomConformance } from "./conformance-random";
import { spineConformance } from "./conformance-spines";
import { textConformance } from "./conformance-texts";
import { trainingConformance } from "./conformance-training";

/** The rules every adapter of the offline engine keeps. `make` gives a fresh engine on an empty directory. */
export function offlineConformance(name: string, make: () => Promise<Subject>): void {
  describe(`${name}: offline engine`, () => {
    let engine: OfflineEngine;
    let root: string;
    beforeAll(async () => {
      ({ engine, root } = await make());
    });
    afterAll(() => engine.close());

    pointInTimeConformance(() => engine);
    spineConformance(() => engine);
    appendConformance(() => ({ engine, root }));
    queryConformance(() => engine);
    trainingConformance(() => engine);
    onDemandConformance(() => engine);

    test("a missing or cut file is data_corrupt and named, everywhere", async () => {
      for (const harm of [unlink, (path: string) => truncate(path, 100)]) {
        const table = await tableOf(engine, shapeOf(), [{ rows: [[1, second(0), 1]] }]);
        const path = table.files[0]?.path ?? "";
        await harm(join(root, path));
        const query = { sql: "SELECT * FROM g", inputs: [{ name: "g", kind: "table" as const, table }] };
        const works = [
          engine.read({ table, limit: 1 }),
          engine.asOf(requestOf([joinOf(table)], [[1, second(1)]])),
          engine.profile({ table, trendBuckets: 1 }),
          engine.query({ query, limit: 1 }),
        ];
        for (const error of await Promise.all(works.map(failure)))
          expect([error.code, error.issues[0]?.file]).toEqual(["data_corrupt", path]);
      }
    });

    historyConformance(() => engine);
    randomConformance(() => engine);
    textConformance(() => engine);
  });
}
