import { LarderError } from "@/lib/kernel/errors";

/** Answers of a server that is there, but cannot serve just now, in our words. */
const NOT_NOW = new Map([
  ["LOADING", "it is still loading its data"],
  ["BUSY", "a script keeps it busy"],
  ["READONLY", "it is a replica, which takes no writes"],
  ["MASTERDOWN", "it is a replica that has lost its primary"],
  ["CLUSTERDOWN", "the cluster is down, or a part of it"],
  ["TRYAGAIN", "keys are on their way to another node"],
  ["MISCONF", "it cannot save its data, so it takes no writes; its own log says why"],
  ["NOREPLICAS", "it has too few replicas to take writes"],
]);
/** Answers of a server that does not let us in. */
const NOT_US = new Map([
  ["NOAUTH", "it asks for a password"],
  ["WRONGPASS", "user or password are wrong, or the user is disabled"],
  ["NOPERM", "its user lacks a right that Larder needs; docs/online.md lists them"],
]);
const REFUSED = "INFO errorstats on the server counts what it refuses";
/** The row belongs to another node by now, or that one does not know the script: the call itself is right. */
const ELSEWHERE = new Set(["MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "NOSCRIPT"]);

/**
 * What an error of the driver means to a caller. Never keeps the error as a cause, nor what the server says but its first
 * word: an error of ioredis carries the arguments of its command, which are rows, or the password, and servers quote them.
 */
export function redisError(error: unknown, label: string, retryAfterSeconds: number): LarderError {
  if (error instanceof LarderError) return error;
  const code = codeOf(error);
  if (code === "OOM")
    return new LarderError(
      "insufficient_storage",
      `Redis (${label}) is full: maxmemory is reached and its policy throws nothing away`,
    );
  if (code === "WRONGTYPE")
    return new LarderError(
      "data_corrupt",
      `Redis (${label}) holds something else where a row should be; drop the table and materialize again`,
    );
  const problem = problemOf(error);
  if (code && NOT_US.has(code)) return unavailable(`does not let Larder in: ${problem}`, label, retryAfterSeconds);
  if (code && !NOT_NOW.has(code)) return unavailable(`refused a command: ${problem}`, label, retryAfterSeconds);
  return unavailable(`cannot be used: ${problem}`, label, retryAfterSeconds);
}

/** What is the matter, for people: the first word of the server's answer with our words for it, or what the driver says. */
export function problemOf(error: unknown): string {
  const code = codeOf(error);
  if (code === null) return error instanceof Error ? error.message : String(error);
  return `${code}: ${NOT_US.get(code) ?? NOT_NOW.get(code) ?? REFUSED}`;
}

/** `dependency_unavailable`, with what is the matter. */
export function unavailable(what: string, label: string, retryAfterSeconds: number): LarderError {
  return new LarderError("dependency_unavailable", `Redis (${label}) ${what}`, [], { retryAfterSeconds });
}

/** Whether the same call, sent once more by itself, finds its place. */
export function isElsewhere(error: unknown): boolean {
  const code = codeOf(error);
  return code === null || ELSEWHERE.has(code);
}

/** Whether the server does not let us into the database that the address names. */
export function isSelectRefused(error: unknown): boolean {
  if (codeOf(error) === null) return false;
  const { command } = error as Error & { command?: { name?: string } };
  return command?.name?.toLowerCase() === "select";
}

/** The word that an answer of the server begins with; null for what is not an answer, such as a lost connection. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== "ReplyError") return null;
  return /^[A-Z]{2,20}(?= |$)/.exec(error.message)?.[0] ?? "ERR";
}
