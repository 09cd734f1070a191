import pino from "pino";

/** The structured log: JSON lines on stderr, so that stdout stays for people. */
export type Log = pino.Logger;

/** Opens the log of one process. Secrets never reach it: these keys are cut wherever they stand. */
export function openLog(options: { level: string; process: string }): Log {
  return pino(
    {
      level: options.level,
      base: { process: options.process },
      serializers: { err: describe },
      redact: {
        paths: ["password", "token", "authorization", "cookie", "*.password", "*.token", "*.authorization", "*.cookie"],
        censor: "[redacted]",
      },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** Drivers hang their whole client on an error; of that, only what helps to find the cause is logged. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code } = error as NodeJS.ErrnoException;
  return { type: name, message, code, stack, ...(cause === undefined ? {} : { cause: describe(cause) }) };
}
