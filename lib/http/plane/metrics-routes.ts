import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import { processRecorder } from "@/lib/serving/process-recorder";
import { metricsOfProject } from "@/lib/serving/prometheus";
import { METRICS_ROUTE } from "@/lib/serving/recorder";
import type { PlaneAnswer, PlaneRoute } from "./route";

const TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** What Prometheus asks for: the same figures whichever worker is asked. Takes a token that may see the catalog. */
export const METRICS_ROUTES: readonly PlaneRoute[] = [
  {
    method: "GET",
    path: "/metrics",
    name: METRICS_ROUTE,
    run: async ({ ctx }): Promise<PlaneAnswer> => {
      authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
      const recorder = processRecorder();
      if (!recorder) throw new LarderError("dependency_unavailable", "This process records nothing");
      return { status: 200, type: TEXT_TYPE, body: metricsOfProject(await recorder.metrics(), ctx.project.name) };
    },
  },
];
