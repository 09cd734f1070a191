/** What a child tells `server/start.ts` once it can be used. */
export type Ready = { ready: true; address?: string };

/** What `server/start.ts` tells the web server once the database is prepared. */
export type Open = { open: true; demo: boolean };

/** Exit code of a child that has told in one line why it cannot run; the parent adds nothing and does not try again. */
export const EXPLAINED = 78;

const HARD_LIMIT_MS = 12_000;

/**
 * The life of a child of `server/start.ts`: begin, tell that it is ready, end when told to or when the parent is gone.
 * `begin` answers how to end gracefully.
 */
export async function liveAsChild(
  begin: () => Promise<{ ready?: Omit<Ready, "ready">; end: () => Promise<void> }>,
): Promise<void> {
  let ending = false;
  let stop: (() => Promise<void>) | undefined;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), HARD_LIMIT_MS).unref();
    Promise.resolve(stop?.()).then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on("disconnect", end);
  // Ctrl-C and service managers signal every process at once; the parent decides who ends when.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => (process.connected ? undefined : end()));
  try {
    const { ready, end: endGracefully } = await begin();
    stop = endGracefully;
    process.send?.({ ready: true, ...ready } satisfies Ready);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  console.error(error instanceof ExpectedFailure ? error.message : error);
  process.exit(error instanceof ExpectedFailure ? EXPLAINED : 1);
}

/** A failure that needs no stack trace: the message tells the person at the terminal what to do. */
export class ExpectedFailure extends Error {
  override readonly name = "ExpectedFailure";
}
