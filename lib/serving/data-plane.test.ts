import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createToken } from "@/lib/access/create-token";
import { revokeToken } from "@/lib/access/revoke-token";
import { CreateToken } from "@/lib/access/schema";
import { hashSecret } from "@/lib/access/secret";
import { updateMember } from "@/lib/access/update-member";
import type { Db } from "@/lib/platform/db";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { DataPlane } from "./data-plane";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rows", "driver,event_timestamp,trips\n1,2026-01-01,10\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM rows",
      features: { trips: "INT64" },
    }),
  );
});
afterAll(closeContexts);

test("a catalog stays the same object until its project changes, and other projects' changes leave it alone", async () => {
  const plane = await DataPlane.open(ctx);
  const first = plane.catalog(ctx.project.name);
  const other = await inNewProject(ctx);
  await apply(other, entity("driver", { driver: "INT64" }));
  await plane.refresh();
  expect(plane.catalog(ctx.project.name)).toBe(first);
  expect(plane.catalog(other.project.name).project).toEqual(other.project);
  await apply(ctx, view("v", [{ group: "stats", features: ["trips"] }]));
  await plane.refresh();
  expect(first.views.has("v"), "who has the old one goes on with it").toBe(false);
  expect(plane.catalog(ctx.project.name).views.has("v")).toBe(true);
  await plane.close();
});

test("a change of a role is in the tokens with the next look", async () => {
  const plane = await DataPlane.open(ctx);
  const admin = await person(ctx, "Ada", "admin");
  const member = await person(ctx, "Max", "viewer");
  const { secret } = await createToken(member, CreateToken.parse({ name: "t", scopes: ["online:read"] }));
  await plane.refresh();
  expect(plane.tokens().get(hashSecret(secret))?.actor.role).toBe("viewer");
  await updateMember(admin, { userId: member.actor.id, role: "engineer", sensitive: true });
  await plane.refresh();
  expect(plane.tokens().get(hashSecret(secret))?.actor).toMatchObject({ role: "engineer", sensitive: true });
  await plane.close();
});

test("without the database reads go on for a while, are then refused, and come back by themselves", async () => {
  let down = false;
  // The database as a process sees it whose connection is refused.
  const db = new Proxy(ctx.db, {
    get: (target, name) => {
      if (down) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Db;
  const plane = await DataPlane.open({ ...ctx, db }, 600);
  down = true;
  await wait(300);
  expect(plane.isFresh()).toBe(true);
  expect(plane.catalog(ctx.project.name).groups).toHaveLength(1);
  await wait(700);
  expect(plane.isFresh()).toBe(false);
  expect(() => plane.catalog(ctx.project.name)).toThrow(expect.objectContaining({ code: "dependency_unavailable" }));
  expect(() => plane.tokens()).toThrow(expect.objectContaining({ code: "dependency_unavailable" }));
  down = false;
  await wait(700);
  expect(plane.isFresh()).toBe(true);
  await plane.close();
});

test("a look that began earlier and ends later never brings back a token that was revoked meanwhile", async () => {
  const admin = await person(ctx, "Eve", "admin");
  const { token, secret } = await createToken(admin, CreateToken.parse({ name: "t", scopes: ["online:read"] }));
  let slow: (() => void) | null = null;
  // A database whose answer to one question is on its way for long.
  const db = new Proxy(ctx.db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== "apiToken" || slow) return typeof value === "function" ? value.bind(target) : value;
      const late = new Promise<void>((done) => {
        slow = done;
      });
      return {
        ...(value as object),
        findMany: (...args: unknown[]) => {
          const rows = (value as { findMany(...given: unknown[]): Promise<unknown> }).findMany(...args);
          return rows.then(async (found) => late.then(() => found));
        },
      };
    },
  }) as Db;
  const opening = DataPlane.open({ ...ctx, db });
  while (!slow) await wait(5);
  await revokeToken(admin, { id: token.id });
  (slow as () => void)();
  const plane = await opening;
  await plane.refresh();
  expect(plane.tokens().has(hashSecret(secret))).toBe(false);
  await plane.close();
});

test("a project that is not there", async () => {
  const plane = await DataPlane.open(ctx);
  expect(() => plane.catalog("nowhere")).toThrow(expect.objectContaining({ code: "project_not_found" }));
  expect(() => plane.catalogOf("prj_nowhere")).toThrow(expect.objectContaining({ code: "project_not_found" }));
  await plane.close();
});
