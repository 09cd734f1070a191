import type { Context } from "@/lib/platform/context";
import type { Vectors } from "@/lib/serving/answer-text";
import type { ServingCatalog } from "@/lib/serving/serving-catalog";

/** One request of the data plane: its sender is known, its body read. `catalog` is what the project was at one moment. */
export type PlaneRequest = {
  ctx: Context;
  catalog: ServingCatalog;
  /** Undefined where there is none. Integers beyond 2^53 are texts. */
  body: unknown;
  url: URL;
  /** Values of `{names}` in the route's path. */
  path: Record<string, string>;
  /** The Idempotency-Key. */
  key: string | null;
  signal: AbortSignal;
};

/** What goes back. `served`: the vectors in it, to be counted. */
export type PlaneAnswer = {
  status: number;
  /** ASCII. */
  body: string | Buffer;
  /** JSON unless said. */
  type?: string;
  headers?: Record<string, string>;
  served?: Vectors;
};

/** A door of the data plane. `errors`: how what is thrown is told, as a problem document or in Feast's way. */
export type PlaneRoute = {
  method: "GET" | "POST";
  /** `/get-online-features`, `/api/v1/features/{feature_name}/entity/{entity_id}` */
  path: string;
  /** Short, for metrics. */
  name: string;
  errors?: "problem" | "feast";
  /** May wait for minutes: it is not counted among the requests that are answered at once. */
  waits?: boolean;
  run(request: PlaneRequest): Promise<PlaneAnswer>;
};
