import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/lib/platform/db";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { refresh } from "@/lib/testing/runs";
import { checkStorage } from "./check-storage";
import { computeGroup } from "./compute-group";
import { readRows } from "./read-rows";
import { ReadRows } from "./schema";

const csvOf = (trips: number): string =>
  `driver,event_timestamp,trips\n1,2026-01-10 00:00:00,${trips}\n2,2026-01-10 00:00:00,2\n`;

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", csvOf(1)),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM rides",
      features: { trips: "INT64" },
    }),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

/** The same database, whose statement number `failing` fails. */
function faulty(db: Db, failing: number): { db: Db; done: () => number } {
  let done = 0;
  const extended = db.$extends({
    query: {
      $allOperations: ({ args, query }) => {
        done += 1;
        if (done === failing) throw new Error("The database failed");
        return query(args);
      },
    },
  });
  return { db: extended as unknown as Db, done: () => done };
}

const trips = async (): Promise<unknown[]> =>
  (await readRows(ctx, ReadRows.parse({ name: "stats", order: "asc" }))).rows.map((row) => row[2]);

describe("a fault of the metadata database", () => {
  test("at the first, second … statement of a commit: before or after, never between; the next try makes one commit", async () => {
    await writeSourceFile(ctx, "rides.csv", csvOf(9));
    for (let failing = 1; ; failing++) {
      const { db, done } = faulty(ctx.db, failing);
      const outcome = await computeGroup({ ...ctx, db }, { name: "stats", runId: null }).then(
        (answer) => answer,
        (error: unknown) => error,
      );
      const commits = await ctx.db.commit.count({ where: { group: { projectId: ctx.project.id } } });
      const report = await checkStorage(ctx, {});
      expect(report.problems, `after a fault of statement ${failing}`).toEqual([]);
      if (outcome instanceof Error) {
        expect({ commits, trips: await trips() }, `statement ${failing}`).toEqual({ commits: 1, trips: [1, 2] });
        continue;
      }
      expect(failing).toBe(done() + 1);
      expect(failing).toBeGreaterThan(8);
      expect({ commits, trips: await trips() }).toEqual({ commits: 2, trips: [9, 2] });
      // What failed tries wrote lies beside the data, named by nothing.
      expect(report.orphaned.files).toBeGreaterThan(0);
      return;
    }
  });
});
