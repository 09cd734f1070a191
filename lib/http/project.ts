import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Db } from "@/lib/platform/db";

type Project = Context["project"];

const KEPT_MS = 5000;
const known = new WeakMap<Db, Map<string, { project: Project; until: number }>>();

/**
 * The project of that name; without a name the instance's default, which is the oldest.
 * Kept for five seconds, so that a request costs no extra query. Throws `project_not_found`.
 */
export async function resolveProject(db: Db, name: string | null): Promise<Project> {
  const kept = known.get(db) ?? new Map<string, { project: Project; until: number }>();
  known.set(db, kept);
  const key = name ?? "";
  const found = kept.get(key);
  if (found && found.until > performance.now()) return found.project;
  const project = await db.project.findFirst({
    ...(name === null ? {} : { where: { name } }),
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, name: true },
  });
  if (!project) {
    kept.delete(key);
    throw new LarderError(
      "project_not_found",
      name === null ? "There is no project yet" : `There is no project ${name.slice(0, 80)}`,
    );
  }
  kept.set(key, { project, until: performance.now() + KEPT_MS });
  return project;
}
