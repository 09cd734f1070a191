import { setPriority } from "node:os";
import { startWorker } from "@/lib/jobs/worker";
import { openProcess } from "@/lib/platform/context";
import { liveAsChild } from "./child";

// Takes runs from the queue and executes them, behind whatever answers people and services.
setPriority(5);
await liveAsChild(async () => {
  const context = openProcess("worker");
  const worker = await startWorker(context);
  return {
    end: async () => {
      await worker.stop();
      await context.close();
    },
  };
});
