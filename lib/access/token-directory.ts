import type { Actor } from "@/lib/kernel/actor";
import type { Context } from "@/lib/platform/context";
import type { Db } from "@/lib/platform/db";
import { DEMO_USERS, PERSONAS, type Persona } from "./demo-users";
import { roleOf } from "./identify";

/** A token that holds, with who it makes its sender in its project. */
export type KnownToken = {
  id: string;
  actor: Actor;
  project: Context["project"];
  expiresAt: Date | null;
  /** Made by a persona: it ends with the demonstration. */
  demo: boolean;
};

/** Tokens by the hash of their text. */
export type TokenDirectory = ReadonlyMap<string, KnownToken>;

/** Every token that holds at this moment, for processes that may not ask the database at each request. */
export async function loadTokens(db: Db): Promise<TokenDirectory> {
  const rows = await db.apiToken.findMany({
    where: {
      revokedAt: null,
      OR: [{ user: { disabledAt: null } }, { serviceAccount: { disabledAt: null } }],
    },
    include: { user: { include: { members: true } }, serviceAccount: true, project: true },
  });
  const directory = new Map<string, KnownToken>();
  for (const { id, hash, scopes, expiresAt, project, user, serviceAccount } of rows) {
    const known = { id, project: { id: project.id, name: project.name }, expiresAt };
    if (serviceAccount) {
      const role = roleOf(serviceAccount.role);
      const { id: accountId, name, sensitive } = serviceAccount;
      if (role !== null)
        directory.set(hash, {
          ...known,
          actor: { kind: "service", id: accountId, name, role, sensitive, scopes },
          demo: false,
        });
    } else if (user) {
      const member = user.members.find(({ projectId }) => projectId === project.id);
      const { id: userId, name, instanceAdmin } = user;
      // A token reaches no further than its owner.
      if (!member && !instanceAdmin) continue;
      const role = instanceAdmin ? "admin" : roleOf(member?.role);
      const sensitive = member?.sensitive ?? false;
      directory.set(hash, {
        ...known,
        actor: { kind: "user", id: userId, name, role, sensitive, instanceAdmin, scopes },
        demo: user.kind === "demo",
      });
    }
  }
  return directory;
}

/** The actors that the personas of a demonstration are, by project id; instance admins are in no need of a membership. */
export type PersonaDirectory = ReadonlyMap<string, ReadonlyMap<Persona, Actor>>;

/** The memberships of the personas of a demonstration. */
export async function loadPersonas(db: Db): Promise<PersonaDirectory> {
  const userIds = PERSONAS.map((persona) => DEMO_USERS[persona].id);
  const members = await db.member.findMany({ where: { userId: { in: userIds } } });
  const directory = new Map<string, Map<Persona, Actor>>();
  for (const { projectId, userId, role, sensitive } of members) {
    const persona = PERSONAS.find((known) => DEMO_USERS[known].id === userId);
    if (!persona) continue;
    const { id, name, instanceAdmin } = DEMO_USERS[persona];
    const actor: Actor = {
      kind: "user",
      id,
      name,
      instanceAdmin,
      role: instanceAdmin ? "admin" : roleOf(role),
      sensitive,
    };
    const known = directory.get(projectId) ?? new Map<Persona, Actor>();
    directory.set(projectId, known.set(persona, actor));
  }
  return directory;
}
