/** Entry of the child process in which DuckDB runs: one operation at a time, told and answered by IPC only. */
import { rmSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { isLarderError } from "@/lib/kernel/errors";
import type { FromChild, ToChild } from "./protocol";
import { type Channel, Enough } from "./stream";
import { work } from "./work";

const NICE = 10;
const UNANSWERED = 2;
let unanswered = 0;
let answered: (() => void) | null = null;
let stopped = false;
let temporaryDirectory: string | null = null;

function say(message: FromChild): void {
  process.send?.(message);
}

async function untilAnswered(most: number): Promise<void> {
  while (unanswered > most)
    await new Promise<void>((resolve) => {
      answered = resolve;
    });
  if (stopped) throw new Enough();
}

const channel: Channel = {
  rows: async (columns, rowCount) => {
    await untilAnswered(UNANSWERED);
    unanswered++;
    say({ kind: "rows", columns, rowCount });
  },
  step: async (step) => {
    unanswered++;
    say({ kind: "step", step });
    await untilAnswered(0);
  },
};

async function start({ settings, operation }: Extract<ToChild, { kind: "start" }>): Promise<void> {
  unanswered = 0;
  stopped = false;
  temporaryDirectory = settings.temporaryDirectory;
  try {
    const result = await work(settings, operation, channel);
    say({ kind: "done", result });
  } catch (error) {
    if (isLarderError(error)) say({ kind: "error", code: error.code, detail: error.detail, issues: error.issues });
    else
      say({
        kind: "error",
        code: "internal",
        detail: error instanceof Error ? error.message : String(error),
        issues: [],
      });
  }
}

process.on("message", (message: ToChild) => {
  if (message.kind === "start") {
    void start(message);
    return;
  }
  unanswered--;
  if (!message.more) stopped = true;
  answered?.();
});

// A terminal sends signals to the whole group; only the parent decides when this process ends.
process.on("SIGINT", () => {});
process.on("disconnect", () => {
  // Nobody else knows the folder any more.
  if (temporaryDirectory) rmSync(temporaryDirectory, { recursive: true, force: true });
  process.exit(0);
});

// Whoever waits for an answer goes first; long work takes what is left, which is nearly everything.
setPriority(NICE);

// When the machine runs out of memory this process is to go, not the one that serves.
try {
  writeFileSync("/proc/self/oom_score_adj", "800");
} catch {
  // Not Linux, or not ours to say.
}
