import { SYSTEM } from "@/lib/kernel/actor";
import type { Db, Tx } from "@/lib/platform/db";

/** What actors are called, by their ids; who is not known any more is called by the id. */
export async function loadActorNames(db: Db | Tx, ids: readonly string[]): Promise<(id: string) => string> {
  const where = { id: { in: [...new Set(ids)] } };
  const users = await db.user.findMany({ where, select: { id: true, name: true } });
  const accounts = await db.serviceAccount.findMany({ where, select: { id: true, name: true } });
  const names = new Map([
    [SYSTEM.id, SYSTEM.name],
    ...[...users, ...accounts].map(({ id, name }) => [id, name] as const),
  ]);
  return (id) => names.get(id) ?? id;
}
