import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { setPriority } from "node:os";
import { join } from "node:path";
import { type ErrorCode, LarderError } from "@/lib/kernel/errors";
import { bytesOf } from "./lock";
import type { FromChild, Operation, Settings, ToChild } from "./protocol";
import { watchMemory } from "./watch-memory";

/** How children are started and what each may use. */
export type PoolOptions = Omit<Settings, "temporaryDirectory"> & {
  processPath: string;
  rootDir: string;
  maxProcesses: number;
  temporaryDirectory: string;
  /** Added to the priority of the children, so that what people try out does not slow down what must go on. */
  niceness?: number;
  /** Keeps a process ready for whoever comes next, once there was work at all. */
  spare?: boolean;
};

/** What the caller does with rows and steps; false means it wants no more. */
export type Listener = (
  message: Extract<FromChild, { kind: "rows" | "step" | "progress" }>,
) => Promise<boolean> | boolean;

/** `limitMs` counts from when a process has the work. A process that worked for one `owner` works for no other. */
export type PoolWork = { signal?: AbortSignal | undefined; limitMs?: number | undefined; owner?: string | undefined };

type Worker = {
  child: ChildProcess;
  temporaryDirectory: string;
  stderr: string;
  exited: boolean;
  owner: string | undefined;
};

type Place = { owner: string | undefined; give: (worker: Worker) => void; refuse: (error: LarderError) => void };

/** More than this and whoever comes is told to come again. */
const MOST_WAITING = 100;

/** Child processes that run one operation each at a time, started when needed and reused. */
export class Pool {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly waiting: Place[] = [];
  private closed = false;

  constructor(private readonly options: PoolOptions) {}

  /** Runs one operation; killing its process is how it is cancelled. */
  async run(operation: Operation, listener: Listener, work: PoolWork = {}): Promise<unknown> {
    if (work.signal?.aborted) throw cancelled();
    const worker = await this.take(work);
    try {
      return await this.converse(worker, operation, listener, work);
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

  private async take({ signal, owner }: PoolWork): Promise<Worker> {
    if (this.closed) throw new LarderError("internal", "The offline engine is closed");
    const known = this.idle.findLastIndex((worker) => worker.owner === owner);
    const at = known >= 0 ? known : this.idle.findLastIndex((worker) => worker.owner === undefined);
    const [idle] = at >= 0 ? this.idle.splice(at, 1) : [];
    if (idle) return this.own(idle, owner);
    if (this.all.size < this.options.maxProcesses) return this.own(this.spawn(), owner);
    const stranger = this.idle.shift();
    if (stranger) return this.own(this.replace(stranger), owner);
    if (this.waiting.length >= MOST_WAITING)
      throw new LarderError("rate_limited", "Too much work waits for its turn already", [], { retryAfterSeconds: 5 });
    return new Promise<Worker>((resolve, reject) => {
      const place: Place = {
        owner,
        give: (worker): void => {
          signal?.removeEventListener("abort", leave);
          resolve(worker);
        },
        refuse: (error): void => {
          signal?.removeEventListener("abort", leave);
          reject(error);
        },
      };
      const leave = (): void => {
        const index = this.waiting.indexOf(place);
        if (index >= 0) this.waiting.splice(index, 1);
        reject(cancelled());
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.waiting.push(place);
    });
  }

  private own(worker: Worker, owner: string | undefined): Worker {
    worker.owner = owner;
    return worker;
  }

  /** A new process in the place of one that belongs to somebody else. */
  private replace(worker: Worker): Worker {
    void this.kill(worker);
    return this.spawn();
  }

  private release(worker: Worker): void {
    const next = this.closed ? undefined : this.waiting.shift();
    if (worker.exited) {
      if (next) next.give(this.own(this.spawn(), next.owner));
    } else if (next) next.give(this.own(worker.owner === next.owner ? worker : this.replace(worker), next.owner));
    else this.rest(worker);
    const { spare = false, maxProcesses } = this.options;
    const ready = this.idle.some(({ owner }) => owner === undefined);
    if (spare && !ready && !this.closed && this.all.size < maxProcesses) this.rest(this.spawn());
  }

  private rest(worker: Worker): void {
    // An idle child must not keep a script alive that is otherwise done.
    worker.child.unref();
    worker.child.channel?.unref();
    this.idle.push(worker);
  }

  private spawn(): Worker {
    const { processPath, rootDir, temporaryDirectory, niceness } = this.options;
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
      owner: undefined,
    };
    if (niceness && child.pid) lower(child.pid, niceness);
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

  private converse(worker: Worker, operation: Operation, listener: Listener, work: PoolWork): Promise<unknown> {
    const { signal, limitMs } = work;
    const { child, temporaryDirectory } = worker;
    const { root, rootDir, sourceRoots, privateDirs, uploadsDir, memoryLimit, temporaryLimit, threads } = this.options;
    child.ref();
    child.channel?.ref();
    return new Promise<unknown>((resolve, reject) => {
      const end = (finish: () => void): void => {
        child.off("message", onMessage);
        child.off("exit", onExit);
        signal?.removeEventListener("abort", onAbort);
        clearTimeout(timer);
        unwatch();
        finish();
      };
      const fail = (error: unknown): void => {
        // This death is ours, so it must not be told as a crash.
        child.off("exit", onExit);
        void this.kill(worker).then(() => end(() => reject(error)));
      };
      const onAbort = (): void => fail(cancelled());
      const onExit = (code: number | null, killedBy: string | null): void => {
        void rm(temporaryDirectory, { recursive: true, force: true }).then(() =>
          end(() => reject(signal?.aborted || this.closed ? cancelled() : crashed(code, killedBy, worker.stderr))),
        );
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
      // Not everything that DuckDB allocates counts towards its own limit.
      const unwatch = watchMemory(child.pid, bytesOf(memoryLimit), () => fail(tookTooMuch(memoryLimit)));
      const limits = { memoryLimit, temporaryLimit, threads, temporaryDirectory };
      const settings: Settings = { root, rootDir, sourceRoots, privateDirs, uploadsDir, ...limits };
      child.send({ kind: "start", settings, operation } satisfies ToChild, (error) => {
        if (error) fail(crashed(null, null, String(error)));
      });
    });
  }
}

function lower(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It is gone already, or the system does not let us; both are no reason to refuse the work.
  }
}

function cancelled(): LarderError {
  return new LarderError("cancelled", "The work was cancelled");
}

function tookTooLong(limitMs: number): LarderError {
  return new LarderError("timeout", `The SQL and its files took longer than ${limitMs / 1000} s`);
}

function tookTooMuch(memoryLimit: string): LarderError {
  return new LarderError("resource_exhausted", `The work needs more memory than the ${memoryLimit} it may use`);
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
