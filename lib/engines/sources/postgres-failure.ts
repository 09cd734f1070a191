import { isLarderError, LarderError } from "@/lib/kernel/errors";

/** Where a database is. The address holds a password: it stands in no message, no answer and no log. */
export type Connection = { name: string; url: string };

const REASONS: Record<string, string> = {
  ECONNREFUSED: "nothing answers there",
  ENOTFOUND: "its host is not known",
  EAI_AGAIN: "its host is not known at the moment",
  EHOSTUNREACH: "there is no way to its host",
  ENETUNREACH: "there is no way to its host",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  ENOENT: "nothing answers there",
  ETIMEDOUT: "it did not answer in time",
  "3D000": "it has no database of that name",
  "53300": "it has no connection to spare",
  "57P01": "it is shutting down",
  "57P02": "it is shutting down",
  "57P03": "it is starting up or shutting down",
  "57014": "the query took longer than it may",
  "55P03": "somebody has locked the table",
};

/** What a failure of a foreign database means. Its own words are not passed on, because they may quote the address. */
export function postgresError(error: unknown, { name }: Connection, table: string): LarderError {
  if (isLarderError(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : "";
  if (code === "42P01") return tableGone(name, table);
  if (code === "42501")
    return new LarderError("source_not_found", `Connection ${name} may not read the table ${table}; grant it SELECT`);
  const where = `The database of connection ${name}`;
  if (code.startsWith("28"))
    return unavailable(`${where} does not let Larder in; check user and password in LARDER_SOURCE_${name}`);
  if (/timeout/i.test(message) && code === "") return unavailable(`${where} did not answer in time`);
  if (/terminated|ended|closed/i.test(message) && code === "") return unavailable(`${where} closed the connection`);
  const reason =
    REASONS[code] ?? (code ? `it failed with ${/^\w{1,20}$/.test(code) ? code : "an error"}` : "it failed");
  return unavailable(`${where} cannot be read: ${reason}`);
}

/** The error for a table that is not there, or of which nothing is visible. */
export function tableGone(connection: string, table: string): LarderError {
  return new LarderError("source_not_found", `Connection ${connection} has no table ${table}`);
}

function unavailable(detail: string): LarderError {
  return new LarderError("dependency_unavailable", detail, [], { retryAfterSeconds: 30 });
}
