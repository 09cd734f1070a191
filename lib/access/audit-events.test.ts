import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { errorOf } from "@/lib/testing/runs";
import { auditAlone } from "./audit";
import { hashEntry } from "./audit-chain";
import { exportAuditEvents } from "./export-audit-events";
import { listAuditEvents } from "./list-audit-events";
import { ExportAuditEvents, ListAuditEvents } from "./schema";

let base: TestContext;
let ctx: TestContext;
let other: TestContext;

const ACTS = [
  { who: "Ada", action: "definition.create", resource: "entity:driver" },
  { who: "Ada", action: "definition.update", resource: "feature_group:driver_stats" },
  { who: "Bob 100%", action: "definitions", resource: "entity:driverXstats" },
  { who: "Bob 100%", action: "member.update", resource: "user:usr_1", outcome: "denied" },
  { who: "Carl", action: "training_set.create", resource: "training_set:a\\b", outcome: "failed" },
] as const;

beforeAll(async () => {
  base = await makeContext();
  ctx = await inNewProject(base);
  other = await inNewProject(base);
  for (const { who, ...act } of ACTS) {
    await auditAlone({ ...ctx, actor: { kind: "user", id: `usr_${who[0]}`, name: who, role: "admin" } }, act);
    base.clock.advance(3600);
  }
  await auditAlone(other, { action: "definition.create", resource: "entity:foreign" });
  await auditAlone(base, { action: "session.start", resource: "user:usr_1", projectId: null });
});
afterAll(closeContexts);

const ask = async (query: object): Promise<string[]> =>
  (await listAuditEvents(ctx, ListAuditEvents.parse(query))).items.map(({ action }) => action);
const as = (where: TestContext, role: "engineer" | "steward", instanceAdmin = false): TestContext => ({
  ...where,
  actor: { kind: "user", id: "usr_x", name: "X", role, instanceAdmin },
});

describe("the list", () => {
  test("has the project's acts, the newest first, as answers show them", async () => {
    const { items, total, nextCursor } = await listAuditEvents(as(ctx, "steward"), ListAuditEvents.parse({}));
    expect(items.map(({ action }) => action)).toEqual([...ACTS].reverse().map(({ action }) => action));
    expect({ total, nextCursor }).toEqual({ total: ACTS.length, nextCursor: null });
    expect(items[0]).toMatchObject({
      sequence: expect.stringMatching(/^\d+$/),
      at: "2026-01-15T16:00:00.000Z",
      project: ctx.project.name,
      actor: { id: "usr_C", kind: "user", name: "Carl" },
      outcome: "failed",
      before: null,
      after: null,
    });
  });

  test.each<[object, string[]]>([
    [{ actor: "usr_A" }, ["definition.update", "definition.create"]],
    [{ actor: "ada" }, ["definition.update", "definition.create"]],
    [{ actor: "usr_" }, []],
    [{ actor: "100%" }, ["member.update", "definitions"]],
    [{ actor: "%" }, ["member.update", "definitions"]],
    [{ action: "definition.create" }, ["definition.create"]],
    [{ action: "definition." }, ["definition.update", "definition.create"]],
    [{ action: "definition" }, []],
    [{ resource: "driver_stats" }, ["definition.update"]],
    [{ resource: "DRIVER" }, ["definitions", "definition.update", "definition.create"]],
    [{ resource: "a\\b" }, ["training_set.create"]],
    [{ resource: "foreign" }, []],
    [{ outcome: "denied" }, ["member.update"]],
    [{ since: "2026-01-15T15:00:00Z" }, ["training_set.create", "member.update"]],
    [{ until: "2026-01-15T14:00:00+01:00" }, ["definition.update", "definition.create"]],
    [{ since: "2026-01-15T13:00:00Z", until: "2026-01-15T13:00:00Z" }, ["definition.update"]],
    [{ actor: "ada", action: "definition.", outcome: "denied" }, []],
  ])("%j", async (query, actions) => {
    expect(await ask(query)).toEqual(actions);
  });

  test("pages by place in the chain, so that new acts move nothing", async () => {
    const first = await listAuditEvents(other, ListAuditEvents.parse({ limit: 1 }));
    expect(first).toMatchObject({ nextCursor: null, total: 1 });
    const page = await listAuditEvents(ctx, ListAuditEvents.parse({ limit: 2, action: "definition." }));
    expect(page).toMatchObject({ nextCursor: null, total: 2 });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: object = cursor === null ? { limit: 2 } : { limit: 2, cursor };
      const answer = await listAuditEvents(ctx, ListAuditEvents.parse(query));
      seen.push(...answer.items.map(({ action }) => action));
      cursor = answer.nextCursor;
      await auditAlone(ctx, { action: "audit.noise", resource: "x:y" });
    } while (cursor !== null);
    expect(seen).toEqual([...ACTS].reverse().map(({ action }) => action));
  });

  test.each(["bzox", "czow", "czotMQ", "czoxCg", "czox.", "czo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "s:1", "%00"])(
    "a cursor of somebody's own making is refused: %s",
    async (cursor) => {
      const refused = await errorOf(listAuditEvents(ctx, ListAuditEvents.parse({ cursor })));
      expect(refused.code).toBe("invalid_parameter");
    },
  );

  test("is for stewards; what is beside projects, and of others, for admins of the instance", async () => {
    expect((await errorOf(listAuditEvents(as(ctx, "engineer"), ListAuditEvents.parse({})))).code).toBe("forbidden");
    const wide = ListAuditEvents.parse({ instance: "true", outcome: "allowed" });
    for (const act of [listAuditEvents(ctx, wide), exportAuditEvents(ctx, wide)])
      expect((await errorOf(act)).code).toBe("forbidden");
    const { items } = await listAuditEvents(as(ctx, "steward", true), wide);
    const projects = new Set(items.map(({ project }) => project));
    expect(projects).toEqual(new Set([ctx.project.name, other.project.name, null]));
  });
});

async function read(stream: ReadableStream<Uint8Array>): Promise<{ chunks: number; lines: Record<string, unknown>[] }> {
  let text = "";
  let chunks = 0;
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    chunks++;
  }
  expect(text === "" || text.endsWith("\n")).toBe(true);
  const lines = text.split("\n").slice(0, -1);
  return { chunks, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("the export", () => {
  test("has every row of the project, the oldest first, each with what its hash covers; and is audited", async () => {
    const { fileName, byteCount, stream } = await exportAuditEvents(ctx, ExportAuditEvents.parse({}));
    expect(fileName).toBe(`audit-${ctx.project.name}-2026-01-15.jsonl`);
    expect(byteCount).toBeNull();
    const { lines } = await read(stream);
    expect(lines.slice(0, ACTS.length).map(({ action }) => action)).toEqual(ACTS.map(({ action }) => action));
    for (const { project, previousHash, hash, ...entry } of lines) {
      expect(project).toBe(ctx.project.name);
      expect(hashEntry(previousHash as string, entry as Parameters<typeof hashEntry>[1])).toBe(hash);
    }
    const [event] = (await listAuditEvents(ctx, ListAuditEvents.parse({ action: "audit.export" }))).items;
    expect(event).toMatchObject({ resource: `audit_log:${ctx.project.name}`, outcome: "allowed" });
    expect(event?.after).toMatchObject({ upTo: lines.at(-1)?.sequence });
  });

  test("filters as the list does, of the whole instance too, and may be empty", async () => {
    const some = await exportAuditEvents(ctx, ExportAuditEvents.parse({ action: "definition." }));
    expect((await read(some.stream)).lines).toHaveLength(2);
    const none = await exportAuditEvents(ctx, ExportAuditEvents.parse({ actor: "nobody at all" }));
    expect((await read(none.stream)).lines).toEqual([]);
    const all = await exportAuditEvents(as(ctx, "steward", true), ExportAuditEvents.parse({ instance: "true" }));
    expect(all.fileName).toBe("audit-instance-2026-01-15.jsonl");
    const { lines } = await read(all.stream);
    expect(lines.length).toBe(await base.db.auditEvent.count({ where: { sequence: { lte: lines.length } } }));
    expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, at) => String(at + 1)));
  });

  test("reads a page at a time as it is taken, and no further than where it was asked for", async () => {
    const busy = await inNewProject(base);
    const row = { projectId: busy.project.id, actorId: "a", actorKind: "user", action: "a.b", resource: "c:d" };
    const first = Number((await base.db.auditHead.findUniqueOrThrow({ where: { id: 1 } })).sequence);
    const data = Array.from({ length: 2300 }, (_, at) => ({
      ...row,
      id: `aud_${at}`,
      sequence: first + at + 1,
      at: base.clock.now(),
    }));
    await base.db.auditEvent.createMany({ data });
    await base.db.auditHead.update({ where: { id: 1 }, data: { sequence: first + 2300 } });
    const { stream } = await exportAuditEvents(busy, ExportAuditEvents.parse({}));
    const reader = stream.getReader();
    const { value } = await reader.read();
    expect(
      Buffer.from(value ?? [])
        .toString()
        .split("\n"),
    ).toHaveLength(1001);
    await auditAlone(busy, { action: "later.act", resource: "c:d" });
    reader.releaseLock();
    const { chunks, lines } = await read(stream);
    expect({ chunks, lines: lines.length }).toEqual({ chunks: 2, lines: 1300 });
    expect(lines.some(({ action }) => action === "later.act" || action === "audit.export")).toBe(false);
  });
});
