import { fork } from "node:child_process";
import { join } from "node:path";
import { ExpectedFailure } from "./child";

/** Runs `server/<name>.ts` to its end as a child that shares the terminal. Rejects unless it exits with 0. */
export function runOnce(
  name: string,
  variables: Record<string, string>,
  onStarted: (kill: () => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, `${name}.ts`), {
      execArgv: ["--import", "tsx"],
      env: { ...process.env, ...variables },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    onStarted(() => child.kill("SIGTERM"));
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new ExpectedFailure(
              `server/${name}.ts ended with ${signal ?? `exit code ${code}`}; the reason stands above.`,
            ),
          ),
    );
  });
}
