import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { embeddedUrl } from "./embedded-address";
import { EmbeddedSocket } from "./embedded-socket";

/** A running embedded Postgres; `dump` is a template other instances can start from. */
export type EmbeddedPostgres = {
  connectionString: string;
  dump(): Promise<Blob>;
  close(): Promise<void>;
};

/**
 * Starts Postgres inside this process. `folder` keeps the data (null: memory only), `template` fills a new one.
 * `onFatal` is called when the session broke; the process must not go on with it.
 */
export async function openEmbeddedPostgres(options: {
  folder: string | null;
  socketDir: string;
  template?: Blob;
  maxConnections?: number;
  onFatal: (error: unknown) => void;
}): Promise<EmbeddedPostgres> {
  await mkdir(options.socketDir, { recursive: true, mode: 0o700 });
  await chmod(options.socketDir, 0o700);
  const path = join(options.socketDir, ".s.PGSQL.5432");
  if (Buffer.byteLength(path) > 107)
    throw new Error(`Socket path is longer than 107 bytes: ${path}. Set a shorter TMPDIR.`);
  await rm(path, { force: true });
  if (options.folder) await initialize(options.folder);

  const database = await create(options.folder, options.template);
  const socket = new EmbeddedSocket(database, options.onFatal, options.maxConnections ?? 40);
  await socket.listen(path);
  return {
    connectionString: embeddedUrl(options.socketDir),
    dump: () => database.dumpDataDir("none"),
    close: async () => {
      await socket.close();
      await database.close();
      await rm(path, { force: true });
    },
  };
}

/** A process killed while it initializes must not leave half a database: it gets its name when it is whole. */
async function initialize(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const staged = `${folder}.new`;
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true, mode: 0o700 });
  await (await create(staged)).close();
  await rename(staged, folder);
}

function create(folder: string | null, template?: Blob): Promise<PGlite> {
  return PGlite.create({
    ...(folder ? { dataDir: folder } : {}),
    ...(template ? { loadDataDir: template } : {}),
    extensions: { pg_trgm },
    // A commit that was answered must survive kill -9.
    relaxedDurability: false,
  });
}
