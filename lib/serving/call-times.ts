import type { ServingFigures } from "./figures-schema";
import { addLatencies, noLatencies, packLatencies } from "./latency-buckets";
import { type Answered, type RollingWindow, rollingWindow } from "./rolling-window";

/** What was asked: a view of a project by a route, or features by name. */
type Asked = { route: string; view: string | null; projectId: string | null };
type Read = Asked & { window: RollingWindow };

const SLOTS = 5;
const SLOT_SECONDS = 60;
const MAX_READS = 500;
const MOST_TOLD = 50;

/** How long reads took over the last five minutes, by route and view. */
export class CallTimes {
  /** By route, project and view. Nested, because a joined name would have to be made for every request. */
  private reads = new Map<string, Map<string | null, Map<string | null, Read>>>();
  private count = 0;

  /** Counts one answered request. */
  add(nowMs: number, answered: Answered & Omit<Asked, "projectId"> & { projectId?: string | undefined }): void {
    const { route, view } = answered;
    const projectId = view === null ? null : (answered.projectId ?? null);
    const known = this.reads.get(route)?.get(projectId)?.get(view) ?? this.start(nowMs, { route, view, projectId });
    known?.window.add(nowMs, answered);
  }

  /** Those asked for most, with their durations. */
  list(nowMs: number): ServingFigures["reads"] {
    return this.all()
      .map(({ window, ...asked }) => {
        const latency = noLatencies();
        let requests = 0;
        let errors = 0;
        for (const slot of window.slots(nowMs)) {
          requests += slot.requests;
          errors += slot.errors;
          addLatencies(latency, slot.latency);
        }
        return { ...asked, requests, errors, latency: packLatencies(latency) };
      })
      .filter(({ requests }) => requests > 0)
      .sort((a, b) => b.requests - a.requests)
      .slice(0, MOST_TOLD);
  }

  /** Null while as many others are kept as memory is set aside for, all of them asked for lately. */
  private start(nowMs: number, asked: Asked): Read | null {
    if (this.count >= MAX_READS) this.forgetIdle(nowMs);
    if (this.count >= MAX_READS) return null;
    const read = { ...asked, window: rollingWindow(SLOTS, SLOT_SECONDS) };
    this.keep(read);
    return read;
  }

  private keep(read: Read): void {
    const projects = this.reads.get(read.route) ?? new Map<string | null, Map<string | null, Read>>();
    const views = projects.get(read.projectId) ?? new Map<string | null, Read>();
    this.reads.set(read.route, projects.set(read.projectId, views.set(read.view, read)));
    this.count++;
  }

  private forgetIdle(nowMs: number): void {
    const busy = this.all().filter(({ window }) => window.slots(nowMs).length > 0);
    this.reads = new Map();
    this.count = 0;
    for (const read of busy) this.keep(read);
  }

  private all(): Read[] {
    return [...this.reads.values()].flatMap((projects) =>
      [...projects.values()].flatMap((views) => [...views.values()]),
    );
  }
}
