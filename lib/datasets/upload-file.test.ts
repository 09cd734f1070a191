import { readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "@/lib/kernel/actor";
import { closeContexts, makeContext, sourceFolder, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { computeGroup } from "./compute-group";
import { previewSql } from "./preview-sql";
import { type Upload, uploadFile } from "./upload-file";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
});
afterAll(closeContexts);

const CSV = "shop,seen,sales\n1,2024-01-01 10:00:00,2.5\n2,2024-01-02 10:00:00,\n";

function upload(text: string | Uint8Array, rest: Partial<Upload> = {}, who: TestContext = ctx) {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const body = (async function* () {
    yield bytes;
  })();
  return uploadFile(who, { name: "sales.csv", format: "csv", body, ...rest });
}

const kept = (who: TestContext = ctx): Promise<string[]> =>
  readdir(join(who.folder, "uploads", who.project.id)).catch(() => []);
const sourceOf = (name: string, ...paths: string[]) => ({
  kind: "source" as const,
  name,
  files: { format: "csv" as const, paths },
});

describe("keeping", () => {
  test("a CSV file is described, kept, and written to the audit log", async () => {
    const file = await upload(CSV);
    expect(file).toEqual({
      path: expect.stringMatching(/^upload:upl_[0-9a-f]{32}\.csv$/),
      format: "csv",
      columns: [
        { name: "shop", type: "INT64" },
        { name: "seen", type: "TIMESTAMP" },
        { name: "sales", type: "FLOAT64" },
      ],
      rowCount: 2,
      byteCount: CSV.length,
    });
    const event = await ctx.db.auditEvent.findFirst({ where: { projectId: ctx.project.id, action: "file.upload" } });
    expect(event).toMatchObject({ resource: file.path, after: { name: "sales.csv", rowCount: 2 } });
  });

  test.each([
    ["", "empty"],
    ["shop,at\n", "no rows"],
    ["shop,at\n1,2\n3,4,5\n", "number of columns"],
    [`shop\n${"1\n".repeat(30_000)}x"y\n`, "CSV"],
    [new Uint8Array([0xff, 0xfe, 0x00, 0x41, 0x0a, 0xc3, 0x28]), "CSV"],
  ])("%j is refused and leaves nothing", async (text, reason) => {
    const before = await kept();
    const error = await errorOf(upload(text));
    expect(error.code).toBe("unreadable_file");
    expect(error.detail).toContain(reason);
    expect(error.detail).not.toContain(ctx.folder);
    expect(await kept()).toEqual(before);
  });

  test("what is no Parquet file is refused as one", async () => {
    const before = await kept();
    for (const text of [CSV, "PAR1 and then nothing PAR1"]) {
      const error = await errorOf(upload(text, { format: "parquet", name: "sales.parquet" }));
      expect(error).toMatchObject({ code: "unreadable_file", detail: expect.stringContaining("Parquet") });
    }
    expect(await kept()).toEqual(before);
  });

  test("a file that is too large is refused", async () => {
    const before = await kept();
    expect((await errorOf(upload(CSV, { maxBytes: 10 }))).code).toBe("payload_too_large");
    expect(await kept()).toEqual(before);
  });

  test.each(["viewer", "scientist"] as Role[])("a %s may not, and nothing is read", async (role) => {
    const before = await kept();
    const who = { ...ctx, actor: { kind: "user" as const, id: role, name: role, role } };
    expect((await errorOf(upload(CSV, {}, who))).code).toBe("forbidden");
    expect(await kept()).toEqual(before);
  });
});

describe("reading", () => {
  test("an upload is a source like any other, up to computed features", async () => {
    const { path } = await upload(CSV);
    await apply(
      ctx,
      entity("shop", { shop: "INT64" }),
      sourceOf("sales_raw", path),
      group("sales", {
        entity: "shop",
        eventTime: "seen",
        sql: "SELECT shop, seen, sales FROM sales_raw",
        features: { sales: "FLOAT64" },
      }),
    );
    const { rows } = await previewSql(ctx, { sql: "SELECT sum(sales) FROM sales_raw", limit: 1 });
    expect(rows).toEqual([[2.5]]);
    await refresh(ctx, ["sales"]);
    expect(await computeGroup(ctx, { name: "sales", runId: null })).toMatchObject({ changed: false, rowCount: 2 });
  });

  test("another project cannot name it, in no way", async () => {
    const { path } = await upload(CSV);
    const file = path.slice("upload:".length);
    const other = await inNewProject(ctx);
    const absolute = join(ctx.folder, "uploads", ctx.project.id, file);
    await writeSourceFile(other, "own.csv", CSV);
    const link = join(sourceFolder(other.folder), other.project.name, "link.csv");
    await symlink(absolute, link);
    const tricks = [
      path,
      `upload:${ctx.project.id}/${file}`,
      `upload:../${ctx.project.id}/${file}`,
      `upload:./../${ctx.project.id}/${file}`,
      `upload:../..${absolute}`,
      "upload:*.csv",
      "upload:",
      absolute,
      link,
      join(ctx.folder, "uploads", "*", "*.csv"),
      join(ctx.folder, "**", file),
    ];
    for (const trick of tricks) {
      const error = await errorOf(apply(other, sourceOf("stolen", trick)));
      expect([trick, error.code, error.issues[0]?.code]).toEqual([trick, "definition_invalid", "unreadable_file"]);
      expect(error.detail).toMatch(/no upload|data directory|outside the folders/);
    }
    expect(await other.db.source.count({ where: { projectId: other.project.id } })).toBe(0);
  });

  test("nothing of the data directory can be named, also by a glob or a link", async () => {
    const { path } = await upload(CSV);
    const own = join(ctx.folder, "uploads", ctx.project.id, path.slice("upload:".length));
    const sources = join(sourceFolder(ctx.folder), ctx.project.name);
    await writeSourceFile(ctx, "plain.csv", CSV);
    await symlink(join(ctx.folder, "offline"), join(sources, "offline"));
    await writeFile(join(ctx.folder, "offline", "inner.csv"), CSV);
    for (const trick of [own, join(ctx.folder, "offline", "*.csv"), join(sources, "offline", "inner.csv")]) {
      const error = await errorOf(apply(ctx, sourceOf("inside", trick)));
      expect([trick, error.issues[0]?.detail]).toEqual([trick, expect.stringContaining("data directory")]);
      expect(error.detail).toContain("upload:");
    }
    await apply(ctx, sourceOf("outside", join(sources, "plain.csv")));
  });

  test("a file that has gone since is told by its name", async () => {
    const { path } = await upload(CSV);
    await apply(ctx, sourceOf("gone", path));
    await ctx.offline.removeUpload(`upload:${ctx.project.id}/${path.slice("upload:".length)}`);
    const error = await errorOf(previewSql(ctx, { sql: "FROM gone", limit: 1 }));
    expect(error).toMatchObject({ code: "unreadable_file", detail: `This project has no upload ${path}` });
  });
});
