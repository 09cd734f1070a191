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
    .describe(
      "Folders that file sources may read, separated by ':'; default the root. Never what has a dot in front below them",
    ),
  LARDER_HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  LARDER_SERVING_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(6566)
    .describe("Port of the data plane: online reads, push, the Feast protocol, metrics; 0 takes a free one"),
  LARDER_SERVING_WORKERS: z.coerce.number().int().min(1).max(64).default(1).describe("Processes that share that port"),
  LARDER_SERVING_SAMPLE: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.001)
    .describe("Share of served vectors that are kept for comparison with history"),
  LARDER_REDIS_URL: z
    .string()
    .regex(
      /^(redis|rediss|redis\+cluster|rediss\+cluster):\/\//,
      "must be redis://, rediss://, redis+cluster:// or rediss+cluster://",
    )
    .optional()
    .describe("Redis or Valkey as the online store; several hosts, separated by commas, for a cluster. Unset: LMDB"),
  LARDER_REDIS_CA: z.string().optional().describe("File with the certificate that signed the Redis server's"),
  LARDER_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("How people reach this server; needed when it is bound to more than this machine"),
  LARDER_TRUST_PROXY: z
    .enum(["0", "1"])
    .default("0")
    .describe("1: a proxy in front appends the caller's address to X-Forwarded-For"),
  LARDER_DEMO: z
    .enum(["0", "1"])
    .optional()
    .describe("1: demonstration, without sign-in, on this machine only; unset: until the first account exists"),
  LARDER_OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("OpenID provider, where its discovery document is"),
  LARDER_OIDC_CLIENT_ID: z.string().optional(),
  LARDER_OIDC_CLIENT_SECRET: z.string().optional(),
  LARDER_OIDC_NAME: z.string().max(60).default("single sign-on").describe("What the sign-in button calls it"),
  LARDER_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  LARDER_DUCKDB_MEMORY: z
    .string()
    .regex(/^\d+(MB|GB)$/)
    .default("2GB")
    .describe("memory_limit of one DuckDB process"),
  LARDER_DUCKDB_THREADS: z.coerce.number().int().min(1).max(64).default(2),
  LARDER_SQL_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe("How long a query of the SQL workbench may run"),
  LARDER_TOKEN: z.string().optional().describe("The command line's API token"),
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
  serving: { port: number; workers: number; sampleRate: number };
  /** Null: LMDB. The address may hold a password. */
  redis: { url: string; caFile: string | null } | null;
  /** Ends without a slash; null: the address it listens at. */
  publicUrl: string | null;
  trustProxy: boolean;
  /** `auto` until `server/start.ts` has decided; its children are told. */
  demo: "on" | "off" | "auto";
  oidc: { issuer: string; clientId: string; clientSecret: string | null; name: string } | null;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
  duckdbMemory: string;
  duckdbThreads: number;
  sqlSeconds: number;
  /** What the command line signs in with; servers have no use for it. */
  token: string | null;
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
  for (const name of Object.keys(variables)) connectionIn(variables, name);
  if (Boolean(env.LARDER_OIDC_ISSUER) !== Boolean(env.LARDER_OIDC_CLIENT_ID))
    throw new Error("Environment is not valid: LARDER_OIDC_ISSUER and LARDER_OIDC_CLIENT_ID belong together");
  if (env.LARDER_OIDC_ISSUER && !isSafeIssuer(new URL(env.LARDER_OIDC_ISSUER)))
    throw new Error("Environment is not valid: LARDER_OIDC_ISSUER must be https; http is for this machine only");
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
    serving: {
      port: env.LARDER_SERVING_PORT,
      workers: env.LARDER_SERVING_WORKERS,
      sampleRate: env.LARDER_SERVING_SAMPLE,
    },
    redis: env.LARDER_REDIS_URL ? { url: env.LARDER_REDIS_URL, caFile: env.LARDER_REDIS_CA ?? null } : null,
    publicUrl: env.LARDER_PUBLIC_URL ? new URL(env.LARDER_PUBLIC_URL).origin : null,
    trustProxy: env.LARDER_TRUST_PROXY === "1",
    demo: env.LARDER_DEMO === undefined ? "auto" : env.LARDER_DEMO === "1" ? "on" : "off",
    oidc:
      env.LARDER_OIDC_ISSUER && env.LARDER_OIDC_CLIENT_ID
        ? {
            issuer: env.LARDER_OIDC_ISSUER,
            clientId: env.LARDER_OIDC_CLIENT_ID,
            clientSecret: env.LARDER_OIDC_CLIENT_SECRET ?? null,
            name: env.LARDER_OIDC_NAME,
          }
        : null,
    logLevel: env.LARDER_LOG_LEVEL,
    duckdbMemory: env.LARDER_DUCKDB_MEMORY,
    duckdbThreads: env.LARDER_DUCKDB_THREADS,
    sqlSeconds: env.LARDER_SQL_SECONDS,
    token: env.LARDER_TOKEN ?? null,
    crashAt: env.LARDER_CRASH_AT ?? null,
    temporaryDir: tmpdir(),
  };
}

/** Whether an OpenID provider may be asked: whoever can change what it answers can sign in as anybody. */
export function isSafeIssuer({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** The address of the database that sources call `connection`, from LARDER_SOURCE_<connection>; null: there is none. */
export function sourceAddress(connection: string): string | null {
  return connectionIn(process.env, `LARDER_SOURCE_${connection}`);
}

// The value holds a password, so it is never shown.
function connectionIn(variables: Record<string, string | undefined>, variable: string): string | null {
  const value = variables[variable];
  if (!value || !/^LARDER_SOURCE_[A-Z]/.test(variable) || variable === "LARDER_SOURCE_ROOTS") return null;
  if (/^postgres(?:ql)?:\/\//.test(value)) return value;
  throw new Error(`Environment is not valid: ${variable} must be the address of a database, postgres://…`);
}

let cached: Env | undefined;

/** Ends `auto`: called once, by a process that `server/start.ts` has told what it decided. */
export function settleDemo(on: boolean): void {
  cached = { ...env(), demo: on ? "on" : "off" };
}

/** The environment of this process, parsed once. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
