import type { IncomingMessage } from "node:http";
import { DEMO_USERS, PERSONAS, type Persona } from "@/lib/access/demo-users";
import { identify } from "@/lib/access/identify";
import { hashSecret, isSecret } from "@/lib/access/secret";
import type { Actor, RequestOrigin } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import type { DataPlane } from "@/lib/serving/data-plane";
import type { ServingCatalog } from "@/lib/serving/serving-catalog";
import { DEMO_COOKIE, type DoorSettings, readCookie } from "../sender";
import type { TokenUse } from "./token-use";

/** Who sends a request, and the catalog of the project they are in. */
export type Sender = { actor: Actor; catalog: ServingCatalog };

type Door = { plane: DataPlane; settings: DoorSettings; use: TokenUse };

/**
 * Finds the sender of a request without asking the database: by an API token that is known, in a demonstration as one of
 * its personas. Cookies of sessions do not count here. A token that is not known is looked for in the database, because
 * it may be new, or refused for a reason that belongs into the audit log. Throws `unauthenticated`, `project_not_found`.
 */
export async function senderOf(
  door: Door,
  request: IncomingMessage,
  asked: { project: string | null; ip: string; requestId: string },
): Promise<Sender> {
  const { authorization } = request.headers;
  const from: RequestOrigin = {
    ip: asked.ip,
    agent: request.headers["user-agent"]?.slice(0, 300) ?? null,
    requestId: asked.requestId,
    tokenId: null,
    sessionId: null,
  };
  if (authorization === undefined) return personaOf(door, request, asked.project, from);
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
  const { plane } = door;
  const now = plane.base.clock.now();
  const hash = hashSecret(bearer);
  let known = plane.tokens().get(hash);
  if (!known && isSecret(bearer, ["fsp", "fss"])) {
    await identify(plane.base.db, { bearer, session: null, demo: door.settings.demo ? "admin" : null, from }, now);
    await plane.refresh();
    known = plane.tokens().get(hash);
  }
  if (!known || (known.demo && !door.settings.demo)) throw refused();
  if (known.expiresAt && known.expiresAt <= now) {
    // Throws, and says which token it was.
    await identify(plane.base.db, { bearer, session: null, demo: null, from }, now);
    throw refused();
  }
  if (asked.project !== null && asked.project !== known.project.name)
    throw new LarderError("project_not_found", `There is no project ${asked.project.slice(0, 80)}`);
  door.use.note(known.id, asked.ip, now);
  return {
    actor: { ...known.actor, from: { ...from, tokenId: known.id } },
    catalog: plane.catalogOf(known.project.id),
  };
}

function personaOf(
  { plane, settings }: Door,
  request: IncomingMessage,
  project: string | null,
  from: RequestOrigin,
): Sender {
  if (!settings.demo) throw new LarderError("unauthenticated", "Send an API token: Authorization: Bearer …");
  const named = readCookie({ get: () => request.headers.cookie ?? null }, DEMO_COOKIE);
  const persona = PERSONAS.find((known): known is Persona => known === named) ?? "admin";
  const catalog = plane.catalog(project);
  const member = plane.personas().get(catalog.project.id)?.get(persona);
  if (member) return { actor: { ...member, from }, catalog };
  const { id, name, instanceAdmin } = DEMO_USERS[persona];
  if (!instanceAdmin) throw new LarderError("project_not_found", `There is no project ${project?.slice(0, 80) ?? ""}`);
  return { actor: { kind: "user", id, name, role: "admin", instanceAdmin, from }, catalog };
}

function refused(): LarderError {
  return new LarderError("unauthenticated", "The API token is not valid");
}
