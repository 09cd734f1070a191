import type { IncomingMessage } from "node:http";
import { DEMO_USERS, PERSONAS, type Persona } from "@/lib/access/demo-users";
import { identify } from "@/lib/access/identify";
import { hashSecret, isSecret } from "@/lib/access/secret";
import type { KnownToken } from "@/lib/access/token-directory";
import type { Actor, RequestOrigin } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import type { DataPlane } from "@/lib/serving/data-plane";
import type { ServingCatalog } from "@/lib/serving/serving-catalog";
import { DEMO_COOKIE, type DoorSettings, readCookie } from "../sender";
import type { TokenUse } from "./token-use";

/** Who sends a request, and the catalog of the project they are in. */
export type Sender = { actor: Actor; catalog: ServingCatalog };

/** `project`: the one that the request names. */
type Asked = { project: string | null; ip: string; requestId: string };

type Door = { plane: DataPlane; settings: DoorSettings; use: TokenUse };

/**
 * Finds the sender of a request without asking the database: by an API token that is known, in a demonstration as one of
 * its personas. Cookies of sessions do not count here. A token that is not known is looked for in the database, because
 * it may be new, or refused for a reason that belongs into the audit log; only then there is something to wait for.
 * Throws `unauthenticated`, `project_not_found`.
 */
export function senderOf(door: Door, request: IncomingMessage, asked: Asked): Sender | Promise<Sender> {
  const { authorization } = request.headers;
  if (authorization === undefined) return personaOf(door, request, asked);
  const { plane, settings } = door;
  const now = plane.base.clock.now();
  const hash = hashSecret(bearerOf(authorization));
  const known = plane.tokens().get(hash);
  if (!known || (known.demo && !settings.demo) || isExpired(known, now))
    return lookForToken(door, request, asked, { hash, now });
  return admit(door, known, originOf(request, asked, known.id), { asked, now });
}

async function lookForToken(
  door: Door,
  request: IncomingMessage,
  asked: Asked,
  { hash, now }: { hash: string; now: Date },
): Promise<Sender> {
  const { plane, settings } = door;
  const bearer = bearerOf(request.headers.authorization ?? "");
  const from = originOf(request, asked, null);
  let known = plane.tokens().get(hash);
  if (!known && isSecret(bearer, ["fsp", "fss"])) {
    await identify(plane.base.db, { bearer, session: null, demo: settings.demo ? "admin" : null, from }, now);
    await plane.refresh();
    known = plane.tokens().get(hash);
  }
  if (!known || (known.demo && !settings.demo)) throw refused();
  if (isExpired(known, now)) {
    // Throws, and says which token it was.
    await identify(plane.base.db, { bearer, session: null, demo: null, from }, now);
    throw refused();
  }
  return admit(door, known, originOf(request, asked, known.id), { asked, now });
}

function admit(
  { plane, use }: Door,
  known: KnownToken,
  from: RequestOrigin,
  { asked, now }: { asked: Asked; now: Date },
): Sender {
  if (asked.project !== null && asked.project !== known.project.name)
    throw new LarderError("project_not_found", `There is no project ${asked.project.slice(0, 80)}`);
  use.note(known.id, asked.ip, now);
  return { actor: withOrigin(known.actor, from), catalog: plane.catalogOf(known.project.id) };
}

function isExpired({ expiresAt }: KnownToken, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** Field by field: spreading an object takes longer than everything else here. */
function withOrigin({ kind, id, name, role, sensitive, instanceAdmin, scopes }: Actor, from: RequestOrigin): Actor {
  return { kind, id, name, role, sensitive, instanceAdmin, scopes, from };
}

function originOf(request: IncomingMessage, { ip, requestId }: Asked, tokenId: string | null): RequestOrigin {
  const agent = request.headers["user-agent"]?.slice(0, 300) ?? null;
  return { ip, agent, requestId, tokenId, sessionId: null };
}

function bearerOf(authorization: string): string {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
}

function personaOf({ plane, settings }: Door, request: IncomingMessage, asked: Asked): Sender {
  const { project } = asked;
  const from = originOf(request, asked, null);
  if (!settings.demo) throw new LarderError("unauthenticated", "Send an API token: Authorization: Bearer …");
  const named = readCookie({ get: () => request.headers.cookie ?? null }, DEMO_COOKIE);
  const persona = PERSONAS.find((known): known is Persona => known === named) ?? "admin";
  const catalog = plane.catalog(project);
  const member = plane.personas().get(catalog.project.id)?.get(persona);
  if (member) return { actor: withOrigin(member, from), catalog };
  const { id, name, instanceAdmin } = DEMO_USERS[persona];
  if (!instanceAdmin) throw new LarderError("project_not_found", `There is no project ${project?.slice(0, 80) ?? ""}`);
  return { actor: { kind: "user", id, name, role: "admin", instanceAdmin, from }, catalog };
}

function refused(): LarderError {
  return new LarderError("unauthenticated", "The API token is not valid");
}
