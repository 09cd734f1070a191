/** Who acts, in the project of the context. `id` is what audit rows keep. */
export type Actor = {
  kind: "user" | "service" | "system" | "anonymous";
  id: string;
  name: string;
  /** Null: none in this project. */
  role: Role | null;
  /** May read the values of features that are marked personal. */
  sensitive?: boolean;
  /** Makes projects and disables users. */
  instanceAdmin?: boolean;
  /** What the API token is limited to; absent: everything that the role allows. */
  scopes?: readonly string[];
  from?: RequestOrigin;
};

/** Where a request came from, for the audit log. */
export type RequestOrigin = {
  ip: string | null;
  agent: string | null;
  requestId: string | null;
  tokenId: string | null;
  sessionId: string | null;
};

export const ROLES = ["viewer", "scientist", "engineer", "steward", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Who the worker, the scheduler and the start act as. */
export const SYSTEM: Actor = { kind: "system", id: "system", name: "Larder", role: "admin", sensitive: true };

/** Nobody: a request without credentials. */
export const ANONYMOUS: Actor = { kind: "anonymous", id: "anonymous", name: "Nobody", role: null };
