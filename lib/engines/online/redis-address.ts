import { LarderError } from "@/lib/kernel/errors";

/** Where Redis is. `label` may be shown to people: it has no password. */
export type RedisAddress = {
  cluster: boolean;
  tls: boolean;
  hosts: { host: string; port: number }[];
  username: string | null;
  password: string | null;
  db: number;
  label: string;
};

const ADDRESS = /^(redis|rediss)(\+cluster)?:\/\/(?:(.*)@)?([^@/?#]+)(?:\/(\d{0,3}))?$/;
const HOST = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/;
const DEFAULT_PORT = 6379;

/**
 * Reads `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, `redis+cluster://host:port,host:port`. What is wrong
 * is said without repeating the address, which may hold a password. Throws `validation_failed`.
 */
export function parseRedisAddress(url: string): RedisAddress {
  const [, scheme, cluster, userInfo, hostList = "", db] = ADDRESS.exec(url) ?? [];
  if (!scheme)
    throw wrong(
      "is not written redis://, rediss://, redis+cluster:// or rediss+cluster://, then [user:password@]host:port",
    );
  const hosts = hostList.split(",").map(parseHost);
  if (!cluster && hosts.length > 1) throw wrong("has several hosts; that is redis+cluster://");
  if (cluster && db && db !== "0") throw wrong("has a database number; a cluster has only database 0");
  const [username, password] = parseUser(userInfo);
  const tls = scheme === "rediss";
  const label = `${scheme}${cluster ?? ""}://${hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`).join(",")}`;
  return { cluster: Boolean(cluster), tls, hosts, username, password, db: Number(db || 0), label };
}

function parseHost(text: string): { host: string; port: number } {
  const [, host, port = String(DEFAULT_PORT)] = HOST.exec(text) ?? [];
  if (!host || Number(port) < 1 || Number(port) > 65535) throw wrong("has a host that is not written host:port");
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function parseUser(userInfo: string | undefined): [string | null, string | null] {
  if (!userInfo) return [null, null];
  try {
    const at = userInfo.indexOf(":");
    const [name, password] = at < 0 ? [userInfo, ""] : [userInfo.slice(0, at), userInfo.slice(at + 1)];
    return [decodeURIComponent(name) || null, decodeURIComponent(password) || null];
  } catch {
    throw wrong("has a user or password with a stray %; write % as %25");
  }
}

function wrong(what: string): LarderError {
  return new LarderError("validation_failed", `The address of Redis ${what}`);
}
