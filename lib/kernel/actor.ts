/** Who acts. `id` is what audit rows keep; `role` holds within the context's project. */
export type Actor = { kind: "user" | "service" | "system"; id: string; name: string; role: Role };

export const ROLES = ["viewer", "scientist", "engineer", "steward", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Until sign-in exists, everybody on this machine is this actor. */
export const LOCAL_ADMIN: Actor = { kind: "user", id: "local-admin", name: "Local admin", role: "admin" };

/** Who the worker and the scheduler act as. */
export const SYSTEM: Actor = { kind: "system", id: "system", name: "Larder", role: "admin" };
