import { isIPv6 } from "node:net";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import type { RequestOrigin } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";

const MINUTE_SECONDS = 60;
const PER_ACCOUNT = 5;
const PER_ADDRESS = 20;
const MAX_BLOCK_MINUTES = 15;
/** How long it is remembered that somebody was blocked before. */
const REMEMBERED_SECONDS = 6 * 3600;

/** Somebody tried too often. `began`: this attempt is the one that blocked them. */
export class TooManyAttempts extends LarderError {
  constructor(
    readonly began: boolean,
    seconds: number,
  ) {
    super("rate_limited", `Too many attempts; try again in ${wordsOf(seconds)}`, [], { retryAfterSeconds: seconds });
  }
}

/** What may be tried how often. Counts in the memory of one process: several of them allow as many times more. */
export type AttemptLimits = {
  /** Counts an attempt at an account from an address; only failures stay counted. Throws `TooManyAttempts`. */
  account(from: RequestOrigin | undefined, account: string): Promise<void>;
  /** The same for a link, which names no account. */
  link(from: RequestOrigin | undefined): Promise<void>;
  /** The attempt succeeded. */
  forgiveAccount(from: RequestOrigin | undefined, account: string): Promise<void>;
  forgiveLink(from: RequestOrigin | undefined): Promise<void>;
};

/** Limits that have counted nothing yet. */
export function newAttemptLimits(): AttemptLimits {
  const accounts = newLimit(PER_ACCOUNT);
  const addresses = newLimit(PER_ADDRESS);
  const links = newLimit(PER_ADDRESS);
  return {
    account: async (from, account) => {
      // The address first: who is blocked must not be able to block accounts.
      if (from) await addresses.take(addressKey(from.ip));
      await accounts.take(account);
    },
    link: async (from) => {
      if (from) await links.take(addressKey(from.ip));
    },
    forgiveAccount: async (from, account) => {
      await accounts.forget(account);
      if (from) await addresses.giveBack(addressKey(from.ip));
    },
    forgiveLink: async (from) => {
      if (from) await links.giveBack(addressKey(from.ip));
    },
  };
}

/** The limits of this process, the same for pages and the API although they are bundled apart. */
export function attemptLimits(): AttemptLimits {
  const memory = globalThis as { larderAttemptLimits?: AttemptLimits };
  memory.larderAttemptLimits ??= newAttemptLimits();
  return memory.larderAttemptLimits;
}

/** Whom an address stands for: of IPv6 a household has a whole /64. */
export function addressKey(ip: string | null): string {
  const [address = ""] = (ip ?? "unknown").toLowerCase().split("%");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (mapped || !isIPv6(address)) return mapped ?? address;
  const [head = "", tail] = address.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  // A dotted end stands for two groups, which are beyond the /64 in any case.
  const known = before.length + after.length + (address.includes(".") ? 1 : 0);
  const all = tail === undefined ? before : [...before, ...Array<string>(8 - known).fill("0"), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

type Limit = {
  take(key: string): Promise<void>;
  giveBack(key: string): Promise<void>;
  forget(key: string): Promise<void>;
};

/** So many attempts a minute; whoever exceeds it waits 1, 2, 4, 8, then 15 minutes. */
function newLimit(attemptsPerMinute: number): Limit {
  const attempts = new RateLimiterMemory({ points: attemptsPerMinute, duration: MINUTE_SECONDS });
  const blocks = new RateLimiterMemory({ points: 1, duration: REMEMBERED_SECONDS });
  return {
    take: async (key) => {
      const refused = await attempts.consume(key).then(
        () => null,
        (excess: RateLimiterRes) => excess,
      );
      if (!refused) return;
      if (refused.consumedPoints > attemptsPerMinute + 1)
        throw new TooManyAttempts(false, Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
      const { consumedPoints: times } = await blocks.penalty(key);
      const seconds = MINUTE_SECONDS * Math.min(2 ** (times - 1), MAX_BLOCK_MINUTES);
      await attempts.block(key, seconds);
      throw new TooManyAttempts(true, seconds);
    },
    giveBack: async (key) => {
      await attempts.reward(key);
    },
    forget: async (key) => {
      await Promise.all([attempts.delete(key), blocks.delete(key)]);
    },
  };
}

function wordsOf(seconds: number): string {
  if (seconds < 90) return `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
