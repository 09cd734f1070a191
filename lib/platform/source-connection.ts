import type { Connection } from "@/lib/engines/sources/postgres-failure";
import { LarderError } from "@/lib/kernel/errors";
import { sourceAddress } from "./env";

/** The database that a source names. Throws `definition_invalid` naming the variable that would say where it is. */
export function requireConnection(name: string): Connection {
  const url = sourceAddress(name);
  if (url) return { name, url };
  throw new LarderError(
    "definition_invalid",
    `There is no connection ${name}: the server has no variable LARDER_SOURCE_${name}`,
  );
}
