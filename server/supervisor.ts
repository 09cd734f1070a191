import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Log } from "@/lib/platform/log";
import { EXPLAINED, type Open, type Ready } from "./child";

const MAX_RESTARTS = 5;
/** A child that lived this long before it crashed starts with a clean slate. */
const STEADY_MS = 60_000;
const KILL_AFTER_MS = 10_000;

/** A child ended before it was ready; `explained`: it has told why, in one line. */
export class ChildFailed extends Error {
  override readonly name = "ChildFailed";
  constructor(
    child: string,
    end: string,
    readonly explained: boolean,
  ) {
    super(`${child} ended while it started (${end})`);
  }
}

/** A process of `server/` that is started again when it crashes. */
export class Supervisor {
  private child: ChildProcess | undefined;
  private stopping = false;
  private opened: Open | undefined;
  private restarts = 0;
  private startedAt = 0;

  constructor(
    readonly name: string,
    private readonly variables: Record<string, string>,
    private readonly log: Log,
    private readonly onGivenUp: (name: string) => void,
  ) {}

  /** Starts the child; resolves when it is ready. Rejects when it ends before that. */
  start(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const child = fork(join(import.meta.dirname, `${this.name}.ts`), {
        execArgv: ["--import", "tsx"],
        env: { ...process.env, ...this.variables },
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      this.child = child;
      this.startedAt = Date.now();
      let ready = false;
      child.once("message", (message) => {
        ready = true;
        if (this.opened) child.send(this.opened);
        resolve(message as Ready);
      });
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        this.child = undefined;
        if (this.stopping) return reject(new Error(`${this.name} was stopped`));
        if (!ready) return reject(new ChildFailed(this.name, signal ?? `exit code ${code}`, code === EXPLAINED));
        this.log.error({ child: this.name, code, signal }, "child crashed");
        this.restart();
      });
    });
  }

  /** Tells the child, and every one that replaces it, that what it depends on is there. */
  open(settled: Omit<Open, "open">): void {
    this.opened = { open: true, ...settled };
    this.child?.send(this.opened);
  }

  /** Ends the child gracefully, after 10 s by force. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    // The child ends gracefully when its parent lets go of it.
    if (child.connected) child.disconnect();
    else child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    await gone;
    clearTimeout(timer);
  }

  private restart(): void {
    this.restarts = Date.now() - this.startedAt > STEADY_MS ? 1 : this.restarts + 1;
    if (this.restarts > MAX_RESTARTS) {
      this.onGivenUp(this.name);
      return;
    }
    const delayMs = 250 * 2 ** (this.restarts - 1);
    setTimeout(() => {
      if (this.stopping) return;
      this.start().then(
        () => this.log.warn({ child: this.name, restarts: this.restarts }, "child started again"),
        (error: unknown) => {
          if (this.stopping) return;
          this.log.error({ child: this.name, err: error }, "child could not start again");
          this.restart();
        },
      );
    }, delayMs);
  }
}
