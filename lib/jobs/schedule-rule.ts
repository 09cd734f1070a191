import type { Schedule } from "@/lib/registry/definition-schema";
import { ticksBetween } from "@/lib/registry/schedule";

/** A tick that is looked at later than this was missed: nobody was there for it. */
export const GRACE_MS = 60_000;

/** Of longer absences only the newest ticks are looked at. */
export const MAX_TICKS = 100;

/** The ticks of a schedule from the one that is due (inclusive) to now, oldest first. */
export function tickWindow(schedule: Schedule, since: Date, now: Date): Date[] {
  return ticksBetween(schedule, since, now, MAX_TICKS);
}

/**
 * Which ticks start a run. One that is on time always does; of those that were missed none (`skip`), each (`all`), or
 * together one, which is the newest of all (`latest`).
 */
export function planTicks(catchUp: Schedule["catchUp"], ticks: Date[], now: Date): { tick: Date; starts: boolean }[] {
  return ticks.map((tick, index) => {
    const isNewest = index === ticks.length - 1;
    const onTime = isNewest && now.getTime() - tick.getTime() <= GRACE_MS;
    return { tick, starts: onTime || catchUp === "all" || (catchUp === "latest" && isNewest) };
  });
}
