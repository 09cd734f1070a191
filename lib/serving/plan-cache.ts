import type { ReadPlan } from "./plan-read";

/** What the plans of one catalog may hold together: columns, and characters of what was asked. */
const MAX_COLUMNS = 50_000;
const CHARACTERS_OF_A_COLUMN = 100;
/** A list that is longer than anybody's feature vector is not asked for twice. */
const MAX_KEY = 100_000;

/** Resolved reads by what was asked; the oldest go when all together grow too large. */
export class PlanCache {
  private readonly plans = new Map<string, ReadPlan>();
  private cost = 0;

  get size(): number {
    return this.plans.size;
  }

  get(asked: string): ReadPlan | undefined {
    return this.plans.get(asked);
  }

  set(asked: string, plan: ReadPlan): void {
    if (asked.length > MAX_KEY) return;
    this.plans.set(asked, plan);
    this.cost += costOf(asked, plan);
    for (const [oldest, known] of this.plans) {
      if (this.cost <= MAX_COLUMNS || oldest === asked) return;
      this.plans.delete(oldest);
      this.cost -= costOf(oldest, known);
    }
  }
}

function costOf(asked: string, { columns }: ReadPlan): number {
  return 1 + columns.length + Math.ceil(asked.length / CHARACTERS_OF_A_COLUMN);
}
