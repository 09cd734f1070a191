import type { Env } from "@/lib/platform/env";
import type { DoorSettings } from "./sender";

/** What the doors of this server go by. */
export function doorOf(env: Env): DoorSettings {
  return { demo: env.demo === "on", secure: env.publicUrl?.startsWith("https:") ?? false };
}

/** What this server is called besides this machine's own names. */
export function hostsOf(env: Env): string[] {
  return [...(env.publicUrl ? [new URL(env.publicUrl).host] : []), `${env.host}:${env.port}`];
}
