import type { Role } from "@/lib/kernel/actor";

/** Whom a visitor of a demonstration can be. */
export const PERSONAS = ["admin", "steward", "engineer", "scientist", "viewer"] as const satisfies readonly Role[];
export type Persona = (typeof PERSONAS)[number];

/** The users of a demonstration. They have no password, so outside a demonstration nobody can be them. */
export const DEMO_USERS: Record<Persona, { id: string; name: string; instanceAdmin: boolean }> = {
  admin: { id: "usr_demo_admin", name: "Demo admin", instanceAdmin: true },
  steward: { id: "usr_demo_steward", name: "Demo steward", instanceAdmin: false },
  engineer: { id: "usr_demo_engineer", name: "Demo engineer", instanceAdmin: false },
  scientist: { id: "usr_demo_scientist", name: "Demo scientist", instanceAdmin: false },
  viewer: { id: "usr_demo_viewer", name: "Demo viewer", instanceAdmin: false },
};
