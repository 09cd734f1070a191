import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, type TestDatabase } from "@/lib/testing/database";
import { MigrationRefused, migrate, pendingMigrations, readMigrations } from "./migrate";

const MIGRATIONS = join(import.meta.dirname, "../../prisma/migrations");

describe("pendingMigrations", () => {
  const known = ["1_a", "2_b", "3_c"].map((name) => ({ name, sql: "", checksum: `sum of ${name}` }));
  const applied = (name: string) => ({ name, checksum: `sum of ${name}`, finished: true });

  it.each([
    ["a fresh database gets all", [], ["1_a", "2_b", "3_c"]],
    ["what is applied is left out", [applied("1_a")], ["2_b", "3_c"]],
    ["a gap is filled", [applied("1_a"), applied("3_c")], ["2_b"]],
    ["nothing to do", [applied("1_a"), applied("2_b"), applied("3_c")], []],
  ])("%s", (_, history, names) => {
    expect(pendingMigrations(known, history).map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ["a migration that the code does not know", [applied("4_d")], /newer than this version of Larder.*4_d/],
    ["a changed checksum", [{ ...applied("1_a"), checksum: "other" }], /1_a was changed after it was applied/],
    ["a migration that failed half-way", [{ ...applied("1_a"), finished: false }], /1_a failed half-way/],
  ])("refuses %s", (_, history, message) => {
    expect(() => pendingMigrations(known, history)).toThrow(message);
    expect(() => pendingMigrations(known, history)).toThrow(MigrationRefused);
  });
});

describe("migrate", () => {
  let database: TestDatabase;
  let folder: string;
  let client: Client;

  beforeEach(async () => {
    database = await emptyDatabase();
    folder = await mkdtemp(join(tmpdir(), "larder-migrations-"));
    await cp(MIGRATIONS, folder, { recursive: true });
    client = new Client({ connectionString: database.connectionString });
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await database.close();
    await rm(folder, { recursive: true });
  });

  it("brings an empty database to the present and then has nothing to do", async () => {
    const names = (await readMigrations(folder)).map(({ name }) => name);
    expect(await migrate(database.connectionString, folder)).toEqual(names);
    expect(await migrate(database.connectionString, folder)).toEqual([]);
    const { rows } = await client.query('SELECT * FROM "_prisma_migrations" ORDER BY "migration_name"');
    expect(rows.map((row) => row.migration_name)).toEqual(names);
    expect(rows[0]).toMatchObject({
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      applied_steps_count: 1,
      rolled_back_at: null,
    });
    expect(rows[0].finished_at).toBeInstanceOf(Date);
    await client.query(`INSERT INTO "Project" ("id", "name", "title") VALUES ('p', 'n', 't')`);
  });

  it("is safe when two processes start at once", async () => {
    const [one, two] = await Promise.all([
      migrate(database.connectionString, folder),
      migrate(database.connectionString, folder),
    ]);
    expect([...one, ...two].sort()).toEqual((await readMigrations(folder)).map(({ name }) => name));
  });

  it("leaves nothing of a migration that fails", async () => {
    await migrate(database.connectionString, folder);
    await cp(join(folder, (await readMigrations(folder))[0]!.name), join(folder, "99990101000000_bad"), {
      recursive: true,
    });
    await writeFile(join(folder, "99990101000000_bad", "migration.sql"), "CREATE TABLE half (id int); SELECT 1/0;");
    await expect(migrate(database.connectionString, folder)).rejects.toThrow(/division by zero/);
    const { rows } = await client.query("SELECT to_regclass('half') AS half");
    expect(rows).toEqual([{ half: null }]);
    await writeFile(join(folder, "99990101000000_bad", "migration.sql"), "CREATE TABLE half (id int);");
    expect(await migrate(database.connectionString, folder)).toEqual(["99990101000000_bad"]);
  });

  it("refuses a database that is newer than the code, and a migration that was changed", async () => {
    await migrate(database.connectionString, folder);
    const first = (await readMigrations(folder))[0]!.name;
    await writeFile(join(folder, first, "migration.sql"), "SELECT 1;");
    await expect(migrate(database.connectionString, folder)).rejects.toThrow(/was changed after it was applied/);
    await rm(join(folder, first), { recursive: true });
    await expect(migrate(database.connectionString, folder)).rejects.toThrow(/newer than this version/);
  });
});
