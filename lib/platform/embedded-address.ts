import { createHash } from "node:crypto";
import { join } from "node:path";

/** The private folder of the socket of one data directory: short, since socket paths end at 107 bytes. */
export function socketDirectory(temporaryDir: string, dataDir: string): string {
  return join(temporaryDir, `larder-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`);
}

/** How `pg` and Prisma reach the embedded Postgres that listens in `socketDir`. */
export function embeddedUrl(socketDir: string): string {
  return `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(socketDir)}`;
}
