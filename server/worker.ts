import { startWorker } from "@/lib/jobs/worker";
import { openProcess } from "@/lib/platform/context";
import { liveAsChild } from "./child";

// Takes runs from the queue and executes them.
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
