import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { openEmbeddedPostgres } from "@/lib/platform/embedded-postgres";

type SchemaEngine = typeof import("@prisma/schema-engine-wasm/schema_engine_bg");

const EMPTY = 'datasource db {\n  provider = "postgresql"\n}\n';

/** The SQL that turns a database of schema `from` (null: an empty one) into one of schema `to`; empty when they agree. */
export async function schemaDiff(from: string | null, to: string): Promise<string> {
  const engine = await loadEngine();
  // Two schemas are compared as text, but the engine asks a database for its version first: an empty one in memory.
  const socketDir = await mkdtemp(join(tmpdir(), "larder-diff-"));
  const postgres = await openEmbeddedPostgres({
    folder: null,
    socketDir,
    onFatal: (error) => {
      throw error;
    },
  });
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(
      new PrismaPg({ connectionString: postgres.connectionString }, { schema: "public" }),
    );
    const schemaEngine = await engine.SchemaEngine.new(
      { datamodels: [["schema.prisma", to]] },
      () => undefined,
      adapter,
    );
    const { stdout } = await schemaEngine.diff({
      from: datamodel(from ?? EMPTY),
      to: datamodel(to),
      script: true,
      exitCode: false,
      filters: { externalTables: [], externalEnums: [] },
    });
    const sql = (stdout ?? "").trim();
    return sql === "-- This is an empty migration." ? "" : sql;
  } finally {
    await postgres.close();
    await rm(socketDir, { recursive: true, force: true });
  }
}

function datamodel(content: string): { tag: "schemaDatamodel"; files: { path: string; content: string }[] } {
  return { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] };
}

let loaded: Promise<SchemaEngine> | undefined;

/** Node cannot import .wasm as a module without a flag, so the two halves are joined by hand. */
function loadEngine(): Promise<SchemaEngine> {
  loaded ??= (async () => {
    const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
    const engine = await import("@prisma/schema-engine-wasm/schema_engine_bg");
    const module = await WebAssembly.compile(await readFile(join(folder, "schema_engine_bg.wasm")));
    const instance = await WebAssembly.instantiate(module, {
      "./schema_engine_bg.js": engine as unknown as WebAssembly.ModuleImports,
    });
    (engine as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void }).__wbg_set_wasm(instance.exports);
    (instance.exports.__wbindgen_start as () => void)();
    return engine;
  })();
  return loaded;
}
