import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type ErrorCode, LarderError } from "@/lib/kernel/errors";
import type { FromChild, Operation, Settings, ToChild } from "./protocol";

/** How children are started and what each may use. */
export type PoolOptions = Omit<Settings, "temporaryDirectory"> & {
  processPath: string;
  rootDir: string;
  maxProcesses: number;
  temporaryDirectory: string;
};

/** What the caller does with rows and steps; false means it wants no more. */
export type Listener = (
  message: Extract<FromChild, { kind: "rows" | "step" | "progress" }>,
) => Promise<boolean> | boolean;

type Worker = { child: ChildProcess; temporaryDirectory: string; stderr: string; exited: boolean };

/** Child processes that run one operation each at a time, started when needed and reused. */
export class Pool {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly waiting: { give: (worker: Worker) => void; refuse: (error: LarderError) => void }[] = [];
  private closed = false;

  constructor(private readonly options: PoolOptions) {}

  /** Runs one operation; killing its process is how it is cancelled. `limitMs` counts from when a process has it. */
  async run(operation: Operation, listener: Listener, signal?: AbortSignal, limitMs?: number): Promise<unknown> {
    if (signal?.aborted) throw cancelled();
    const worker = await this.take(signal);
    try {
      return await this.converse(worker, operation, { listener, signal, limitMs });
    } finally {
      this.release(worker);
    }
  }

  /** Ends all children; running operations fail as cancelled. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { refuse } of this.waiting.splice(0)) refuse(cancelled());
    await Promise.all([...this.all].map((worker) => this.kill(worker)));
  }

  private async take(signal?: AbortSignal): Promise<Worker> {
    if (this.closed) throw new LarderError("internal", "The offline engine is closed");
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.all.size < this.options.maxProcesses) return this.spawn();
    return new Promise<Worker>((resolve, reject) => {
      const place = {
        give: (worker: Worker): void => {
          signal?.removeEventListener("abort", leave);
          resolve(worker);
        },
        refuse: (error: LarderError): void => {
          signal?.removeEventListener("abort", leave);
          reject(error);
        },
      };
      const leave = (): void => {
        const at = this.waiting.indexOf(place);
        if (at >= 0) this.waiting.splice(at, 1);
        reject(cancelled());
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.waiting.push(place);
    });
  }

  private release(worker: Worker): void {
    if (worker.exited) {
      const next = this.closed ? undefined : this.waiting.shift();
      if (next) next.give(this.spawn());
      return;
    }
    const next = this.waiting.shift();
    if (next) {
      next.give(worker);
      return;
    }
    // An idle child must not keep a script alive that is otherwise done.
    worker.child.unref();
    worker.child.channel?.unref();
    this.idle.push(worker);
  }

  private spawn(): Worker {
    const { processPath, rootDir, temporaryDirectory } = this.options;
    const child = fork(processPath, {
      execArgv: ["--import", "tsx"],
      serialization: "advanced",
      cwd: rootDir,
      // A cleared environment: user SQL must find no credentials here. stdout is closed because SQL can write to it.
      env: { TZ: "UTC" } as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const worker: Worker = {
      child,
      temporaryDirectory: join(temporaryDirectory, randomUUID()),
      stderr: "",
      exited: false,
    };
    child.stderr?.on("data", (data: Buffer) => {
      worker.stderr = (worker.stderr + data.toString()).slice(-2000);
    });
    (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
    child.on("error", () => {});
    child.once("exit", () => {
      worker.exited = true;
      this.all.delete(worker);
      const at = this.idle.indexOf(worker);
      if (at >= 0) this.idle.splice(at, 1);
    });
    this.all.add(worker);
    return worker;
  }

  private async kill(worker: Worker): Promise<void> {
    if (!worker.exited) {
      await new Promise<void>((resolve) => {
        worker.child.once("exit", () => resolve());
        worker.child.ref();
        worker.child.kill("SIGKILL");
      });
    }
    await rm(worker.temporaryDirectory, { recursive: true, force: true });
  }

  private converse(
    worker: Worker,
    operation: Operation,
    how: { listener: Listener; signal: AbortSignal | undefined; limitMs: number | undefined },
  ): Promise<unknown> {
    const { listener, signal, limitMs } = how;
    const { child, temporaryDirectory } = worker;
    const { root, rootDir, sourceRoots, privateDirs, uploadsDir, memoryLimit, threads } = this.options;
    child.ref();
    child.channel?.ref();
    return new Promise<unknown>((resolve, reject) => {
      const end = (finish: () => void): void => {
        child.off("message", onMessage);
        child.off("exit", onExit);
        signal?.removeEventListener("abort", onAbort);
        clearTimeout(timer);
        finish();
      };
      const fail = (error: unknown): void => {
        // This death is ours, so it must not be told as a crash.
        child.off("exit", onExit);
        void this.kill(worker).then(() => end(() => reject(error)));
      };
      const onAbort = (): void => fail(cancelled());
      const onExit = (code: number | null, killedBy: string | null): void => {
        void rm(temporaryDirectory, { recursive: true, force: true });
        end(() => reject(signal?.aborted || this.closed ? cancelled() : crashed(code, killedBy, worker.stderr)));
      };
      let heard = Promise.resolve();
      const onMessage = (message: FromChild): void => {
        // Rows and the end arrive in order but listeners are asynchronous, so each waits for the one before.
        heard = heard
          .then(async () => {
            if (message.kind === "done") return end(() => resolve(message.result));
            if (message.kind === "error")
              return end(() => reject(new LarderError(message.code as ErrorCode, message.detail, message.issues)));
            const more = await listener(message);
            if (message.kind !== "progress" && child.connected)
              child.send({ kind: "ack", more } satisfies ToChild, () => {});
          })
          .catch(fail);
      };
      child.on("message", onMessage);
      child.once("exit", onExit);
      signal?.addEventListener("abort", onAbort, { once: true });
      const timer = limitMs === undefined ? undefined : setTimeout(() => fail(tookTooLong(limitMs)), limitMs);
      const limits = { memoryLimit, threads, temporaryDirectory };
      const settings: Settings = { root, rootDir, sourceRoots, privateDirs, uploadsDir, ...limits };
      child.send({ kind: "start", settings, operation } satisfies ToChild, (error) => {
        if (error) fail(crashed(null, null, String(error)));
      });
    });
  }
}

function cancelled(): LarderError {
  return new LarderError("cancelled", "The work was cancelled");
}

function tookTooLong(limitMs: number): LarderError {
  return new LarderError("timeout", `Looking at the SQL and its files took longer than ${limitMs / 1000} s`);
}

function crashed(code: number | null, killedBy: string | null, stderr: string): LarderError {
  // The kernel kills with SIGKILL when memory is short; V8 aborts when its heap is full.
  if (killedBy === "SIGKILL" || killedBy === "SIGABRT" || code === 134) {
    return new LarderError(
      "resource_exhausted",
      "The process doing the work was ended by the system, most likely for want of memory",
    );
  }
  return new LarderError(
    "internal",
    `The process doing the work ended unexpectedly (${killedBy ?? `exit code ${code}`})`,
    [],
    { cause: stderr },
  );
}
