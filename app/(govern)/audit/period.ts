/** An instant of a filter as a date field shows it: the day in UTC. */
export function dayOf(at: string | undefined): string {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().slice(0, 10);
}

/** The first instant of a day in UTC, or its last one: a period holds both of its days. */
export function instantOf(day: string, end: "first" | "last"): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  return end === "first" ? `${day}T00:00:00.000Z` : `${day}T23:59:59.999Z`;
}
