import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { schemaDiff } from "./schema-diff";

/** What stands below this line in migration.sql is written by hand and survives `--redo`. */
const BY_HAND = "-- By hand:";
const USAGE =
  "Usage: npm run db:migration -- <name> [--redo]   (--redo writes the newest, not yet committed migration again)";

const folder = join(import.meta.dirname, "..", "prisma", "migrations");

/** `db:migration <name>`: the SQL from the schema beside the newest migration to prisma/schema.prisma, as a new migration. */
async function main(args: string[]): Promise<string> {
  const name = args.find((arg) => !arg.startsWith("-"));
  if (!name || !/^[a-z][a-z0-9_]{0,60}$/.test(name)) throw new Error(`A name of a-z, 0-9 and _ is needed. ${USAGE}`);
  const redo = args.includes("--redo");
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const replaced = redo ? names.pop() : undefined;
  if (redo && !replaced?.endsWith(`_${name}`))
    throw new Error(`The newest migration is ${replaced ?? "none"}, not ${name}. ${USAGE}`);

  const newest = names.at(-1);
  const before = newest ? await readFile(join(folder, newest, "schema.prisma"), "utf8") : null;
  const schema = await readFile(join(folder, "..", "schema.prisma"), "utf8");
  const sql = await schemaDiff(before, schema);
  const byHand = replaced ? await readByHand(join(folder, replaced, "migration.sql")) : "";
  if (!sql && !byHand && !args.includes("--empty"))
    throw new Error(
      "prisma/schema.prisma has not changed since the newest migration. --empty writes one anyway, to be filled by hand.",
    );

  const timestamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const target = replaced ?? `${timestamp}_${name}`;
  if (!replaced && existsSync(join(folder, target))) throw new Error(`${target} exists already`);
  await mkdir(join(folder, target), { recursive: true });
  await writeFile(join(folder, target, "migration.sql"), `${[sql, byHand].filter(Boolean).join("\n\n")}\n`);
  await writeFile(join(folder, target, "schema.prisma"), schema);
  if (replaced && replaced !== target) await rm(join(folder, replaced), { recursive: true });
  return `Wrote prisma/migrations/${target}/migration.sql: read it, then commit it together with the schema.`;
}

async function readByHand(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  const start = text.indexOf(BY_HAND);
  return start < 0 ? "" : text.slice(start).trim();
}

main(process.argv.slice(2)).then(
  (line) => console.log(line),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
