import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readMigrations } from "@/lib/platform/migrate";
import { schemaDiff } from "./schema-diff";

const PRISMA = join(import.meta.dirname, "../prisma");

it("prisma/schema.prisma has no change without a migration", async () => {
  const newest = (await readMigrations(join(PRISMA, "migrations"))).at(-1)!.name;
  const migrated = await readFile(join(PRISMA, "migrations", newest, "schema.prisma"), "utf8");
  const present = await readFile(join(PRISMA, "schema.prisma"), "utf8");
  expect(await schemaDiff(migrated, present), "run: npm run db:migration -- <name>").toBe("");
});

it("writes the SQL of a change", async () => {
  const schema = (columns: string) =>
    `datasource db {\n  provider = "postgresql"\n}\nmodel Thing {\n  id String @id\n  ${columns}\n}\n`;
  expect(await schemaDiff(schema(""), schema("size Int?"))).toContain(
    'ALTER TABLE "Thing" ADD COLUMN     "size" INTEGER',
  );
});
