import { hash, verify } from "@node-rs/argon2";
import { LarderError } from "@/lib/kernel/errors";

/** What OWASP asks of argon2id (the library's default) at least. Every hash names its own, so these can rise. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const PREFIX = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;
/** A hash of these parameters that no password is known for: who has none takes as long to refuse as who has one. */
const NOBODYS = `${PREFIX}bGFyZGVyLm5vYm9keS5zYWx0$Zrh6ST4bPOEfZQQRgTbLv2UuCmbvHrI5vMjk2pV6VJs`;

/** A hash takes 19 MB and a core: more at a time would let strangers starve everybody else. */
const MAX_AT_ONCE = 4;
const MAX_WAITING = 60;

let running = 0;
const waiting: (() => void)[] = [];

/** The hash to keep of a new password. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize("NFC"), PARAMETERS));
}

/** Whether the password is the one that was hashed. Null, for whoever has no password: false, after as long. */
export async function verifyPassword(password: string, kept: string | null): Promise<boolean> {
  const matches = await inTurn(() => verify(kept ?? NOBODYS, password.normalize("NFC")));
  return matches && kept !== null;
}

/** Whether a hash was made with other parameters than a new one would be. */
export function needsRehash(kept: string): boolean {
  return !kept.startsWith(PREFIX);
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_AT_ONCE) {
    if (waiting.length >= MAX_WAITING)
      throw new LarderError("rate_limited", "Too many sign-ins at the same moment; try again", [], {
        retryAfterSeconds: 2,
      });
    // Whoever ends hands its place over, so that nobody slips in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
