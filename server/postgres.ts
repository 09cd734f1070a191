import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { socketDirectory } from "@/lib/platform/embedded-address";
import { openEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { env } from "@/lib/platform/env";
import { ExpectedFailure, liveAsChild } from "./child";
import { LockHeld, takeLock } from "./lock";

// The embedded Postgres of one data directory, in a process of its own.
await liveAsChild(async () => {
  const { dataDir, temporaryDir } = env();
  // The children of a start that was killed may still be ending: two Postgres on one folder would destroy it.
  const unlock = await takeLock(join(dataDir, "postgres.lock"), "embedded Postgres", 15_000).catch((error: unknown) => {
    if (!(error instanceof LockHeld)) throw error;
    throw new ExpectedFailure(`Process ${error.holder.pid} still has the database in ${dataDir} open.`);
  });
  const socketDir = socketDirectory(temporaryDir, dataDir);
  const postgres = await openEmbeddedPostgres({
    folder: join(dataDir, "postgres"),
    socketDir,
    onFatal: (error) => {
      console.error("Embedded Postgres broke and starts again:", error);
      process.exit(1);
    },
  });
  return {
    ready: { address: postgres.connectionString },
    end: async () => {
      await postgres.close();
      await rmdir(socketDir).catch(() => undefined);
      await unlock();
    },
  };
});
