import { homedir, tmpdir } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";

const Env = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  DATABASE_URL: z.string().optional().describe("PostgreSQL; unset: the embedded Postgres"),
  LARDER_ROOT: z.string().default(process.cwd()).describe("Folder of the checkout"),
  LARDER_DATA_DIR: z.string().optional().describe("Where everything is kept; default <root>/.larder"),
  LARDER_SOURCE_ROOTS: z
    .string()
    .optional()
    .describe("Folders that file sources may read, separated by ':'; default the root"),
  LARDER_HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  LARDER_DEMO: z
    .enum(["0", "1"])
    .default("1")
    .describe("1: load examples/flights on the first run of the embedded database"),
  LARDER_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  LARDER_DUCKDB_MEMORY: z
    .string()
    .regex(/^\d+(MB|GB)$/)
    .default("2GB")
    .describe("memory_limit of one DuckDB process"),
  LARDER_DUCKDB_THREADS: z.coerce.number().int().min(1).max(64).default(2),
  LARDER_CRASH_AT: z.string().optional().describe("Tests only: the process kills itself at this named step"),
});

export type Env = {
  mode: "development" | "production" | "test";
  /** Null: the embedded Postgres, whose address `server/start.ts` hands to its children as DATABASE_URL. */
  databaseUrl: string | null;
  rootDir: string;
  dataDir: string;
  sourceRoots: string[];
  host: string;
  port: number;
  demo: boolean;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
  duckdbMemory: string;
  duckdbThreads: number;
  crashAt: string | null;
  temporaryDir: string;
};

/** Reads the environment. Throws one Error naming every variable that is wrong. */
export function parseEnv(variables: Record<string, string | undefined>): Env {
  const parsed = Env.safeParse(Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== "")));
  if (!parsed.success) {
    throw new Error(
      `Environment is not valid: ${parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`,
    );
  }
  const env = parsed.data;
  const rootDir = resolve(env.LARDER_ROOT);
  const dataDir = resolve(rootDir, (env.LARDER_DATA_DIR ?? ".larder").replace(/^~(?=\/)/, homedir()));
  return {
    mode: env.NODE_ENV,
    databaseUrl: env.DATABASE_URL ?? null,
    rootDir,
    dataDir,
    sourceRoots: (env.LARDER_SOURCE_ROOTS ?? rootDir).split(":").map((folder) => resolve(rootDir, folder)),
    host: env.LARDER_HOST,
    port: env.PORT,
    demo: env.LARDER_DEMO === "1",
    logLevel: env.LARDER_LOG_LEVEL,
    duckdbMemory: env.LARDER_DUCKDB_MEMORY,
    duckdbThreads: env.LARDER_DUCKDB_THREADS,
    crashAt: env.LARDER_CRASH_AT ?? null,
    temporaryDir: tmpdir(),
  };
}

let cached: Env | undefined;

/** The environment of this process, parsed once. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
