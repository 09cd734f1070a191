import type { DataPlane } from "@/lib/serving/data-plane";
import type { PlaneAnswer } from "./route";

type Asked = { plane: DataPlane; ending: AbortSignal };

/** Anybody may ask, so the store is asked at most this often. */
const CHECK_MS = 1000;
const asked = new WeakMap<DataPlane, { at: number; check: Promise<{ state: string }> }>();

const PATHS = new Set(["/health", "/api/v1/health", "/api/v1/health/live", "/api/v1/health/ready"]);

/** Whether a request asks for the health of this process. */
export function isHealth(method: string, path: string): boolean {
  return PATHS.has(path) && (method === "GET" || method === "HEAD");
}

/**
 * Health needs no sender. `live`: this process answers. `ready`, and Feast's `/health`: reads are answered, so the
 * definitions are fresh enough, the store is up and the process is not about to end.
 */
export async function healthAnswer({ plane, ending }: Asked, path: string): Promise<PlaneAnswer> {
  if (path === "/api/v1/health/live") return { status: 200, body: '{"status":"up"}' };
  const { state } = await stateOf(plane);
  const definitions = plane.isFresh();
  const ready = definitions && state !== "down" && !ending.aborted;
  const status = ready ? (state === "up" ? "up" : "degraded") : "down";
  const body = JSON.stringify({
    status,
    dependencies: [
      { name: "definitions", status: definitions ? "up" : "down", needed: true, ageMs: Math.round(plane.ageMs()) },
      { name: "online", status: state, needed: true },
    ],
  });
  const headers: Record<string, string> = ready ? {} : { "Retry-After": "2" };
  // Feast's client wants nothing but the status.
  return { status: ready ? 200 : 503, body: path === "/health" ? "" : body, headers };
}

function stateOf(plane: DataPlane): Promise<{ state: string }> {
  const now = performance.now();
  const last = asked.get(plane);
  if (last && now - last.at < CHECK_MS) return last.check;
  const check = plane.base.online.check();
  asked.set(plane, { at: now, check });
  return check;
}
