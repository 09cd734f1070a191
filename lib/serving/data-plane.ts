import { loadPersonas, loadTokens, type PersonaDirectory, type TokenDirectory } from "@/lib/access/token-directory";
import type { Actor } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { loadCatalog, type ServingCatalog } from "./serving-catalog";
import { withFaults } from "./table-faults";

const REFRESH_MS = 250;
const FAULTS_MS = 5000;
/** Without a look at the database for so long nobody can tell who was shut out meanwhile. */
const GRACE_MS = 60_000;
const LOAD_MS = 10_000;

type State = {
  /** Catalogs by project id, in the order of age. */
  catalogs: ReadonlyMap<string, ServingCatalog>;
  tokens: TokenDirectory;
  personas: PersonaDirectory;
  /** Where the audit log ended when the tokens were read: whatever changes a right is written there in the same transaction. */
  auditSequence: bigint;
};

/**
 * What a process needs to answer reads without asking the database: definitions and tokens of all projects, at most
 * 250 ms behind, replaced whole. Goes on for a minute without the database, then refuses.
 */
export class DataPlane {
  private state: State = { catalogs: new Map(), tokens: new Map(), personas: new Map(), auditSequence: -1n };
  private refreshedAt = Number.NEGATIVE_INFINITY;
  private faultsAt = Number.NEGATIVE_INFINITY;
  private loadedAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private refreshing: Promise<void> = Promise.resolve();
  private closed = false;

  private constructor(
    readonly base: Omit<Context, "actor" | "project">,
    private readonly graceMs: number,
  ) {}

  /** Loads everything once and keeps it fresh. Rejects when the database does not answer. */
  static async open(base: Omit<Context, "actor" | "project">, graceMs: number = GRACE_MS): Promise<DataPlane> {
    const plane = new DataPlane(base, graceMs);
    await plane.refresh();
    plane.schedule();
    return plane;
  }

  /** The tokens that hold. Throws `dependency_unavailable` when they are too old to go by. */
  tokens(): TokenDirectory {
    this.requireFresh();
    return this.state.tokens;
  }

  /** Who the personas of a demonstration are. */
  personas(): PersonaDirectory {
    return this.state.personas;
  }

  /** The catalog of a project by its name, of the oldest without one. Throws `project_not_found`. */
  catalog(name: string | null): ServingCatalog {
    this.requireFresh();
    for (const catalog of this.state.catalogs.values())
      if (name === null || catalog.project.name === name) return catalog;
    throw new LarderError("project_not_found", `There is no project ${name?.slice(0, 80) ?? ""}`);
  }

  /** The catalog of a project by its id. Throws `project_not_found`. */
  catalogOf(projectId: string): ServingCatalog {
    this.requireFresh();
    const found = this.state.catalogs.get(projectId);
    if (!found) throw new LarderError("project_not_found", "The project is not there any more");
    return found;
  }

  /** What verbs get for one request. Field by field: spreading an object takes as long as reading a row. */
  contextOf(actor: Actor, { project }: ServingCatalog): Context {
    const { db, offline, online, clock, log, enqueue } = this.base;
    return { actor, project, db, offline, online, clock, log, enqueue };
  }

  catalogs(): Iterable<ServingCatalog> {
    return this.state.catalogs.values();
  }

  /** Milliseconds since the database was last asked. */
  ageMs(): number {
    return performance.now() - this.refreshedAt;
  }

  /** Whether reads are answered. */
  isFresh(): boolean {
    return this.ageMs() < this.graceMs;
  }

  /** Brings everything up to date now: with what was there when it was called, whatever else is going on. */
  refresh(): Promise<void> {
    const next = this.refreshing.then(() => within(this.load(), LOAD_MS));
    // One after the other, so that an older look never takes the place of a newer one.
    this.refreshing = next.catch(() => undefined);
    return next;
  }

  private async load(): Promise<void> {
    const { db, online, log } = this.base;
    const startedAt = performance.now();
    const projects = await db.$queryRaw<Project[]>`
      SELECT p."id", p."name", p."revision", (SELECT "sequence" FROM "AuditHead" LIMIT 1) AS "head"
      FROM "Project" p ORDER BY p."createdAt", p."id"`;
    const head = projects[0]?.head ?? 0n;
    // One that was given up may end after a newer one.
    if (startedAt < this.loadedAt) return;
    this.loadedAt = startedAt;
    // Rights first: nothing that takes longer, or fails, may keep somebody in who is out.
    if (head !== this.state.auditSequence)
      this.state = {
        ...this.state,
        tokens: await loadTokens(db),
        personas: await loadPersonas(db),
        auditSequence: head,
      };
    const lookAtFaults = startedAt - this.faultsAt >= FAULTS_MS;
    // Lets the store see by itself that it is well again, or has lost rows.
    if (lookAtFaults) await online.check();
    const known = this.state.catalogs;
    const catalogs = new Map<string, ServingCatalog>();
    for (const { id, name, revision } of projects) {
      const present = known.get(id);
      const current = present?.revision === revision && present.project.name === name ? present : null;
      try {
        const catalog = current ?? (await loadCatalog({ db, project: { id, name } }, revision));
        catalogs.set(
          id,
          current && !lookAtFaults ? catalog : await withFaults({ db, online }, catalog).catch(() => catalog),
        );
      } catch (error) {
        if (!present) throw error;
        log.error({ err: error, project: name }, "the definitions of a project could not be loaded");
        catalogs.set(id, present);
      }
    }
    if (startedAt < this.loadedAt) return;
    if (lookAtFaults) this.faultsAt = startedAt;
    this.state = { ...this.state, catalogs };
    this.refreshedAt = startedAt;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.refresh()
        .catch((error: unknown) => {
          if (this.ageMs() > FAULTS_MS) this.base.log.warn({ err: error }, "the data plane cannot be refreshed");
        })
        .finally(() => this.schedule());
    }, REFRESH_MS);
    this.timer.unref();
  }

  private requireFresh(): void {
    if (!this.isFresh())
      throw new LarderError("dependency_unavailable", "The metadata database has not answered for a minute", [], {
        retryAfterSeconds: 2,
      });
  }
}

/** Rejects when `work` takes longer: a connection that is half open never answers. */
async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the database did not answer within ${limitMs} ms`)), limitMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

type Project = { id: string; name: string; revision: number; head: bigint | null };
