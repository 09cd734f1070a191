/** A worker of crash.test.ts: executes one run; LARDER_CRASH_AT says where it dies. */
import { openProcess } from "@/lib/platform/context";
import { executeRun } from "./execute-run";

const { db, offline, online, clock, log, queue, close } = openProcess("worker");
const worker = { db, offline, online, clock, log, enqueue: queue.enqueue };
await executeRun(worker, { runId: process.argv[2] ?? "", owner: "doomed", stopping: new AbortController().signal });
await close();
