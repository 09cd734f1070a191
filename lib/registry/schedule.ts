import { Cron } from "croner";
import type { Schedule } from "./definition-schema";

/** What is wrong with a schedule, by field; empty when it will come round. */
export function scheduleProblems(schedule: Schedule): { field: "cron" | "timeZone"; detail: string }[] {
  const problems: { field: "cron" | "timeZone"; detail: string }[] = [];
  const zone = isZone(schedule.timeZone);
  if (!zone) {
    const detail = `"${schedule.timeZone}" is not an IANA time zone, such as UTC or Europe/Vienna`;
    problems.push({ field: "timeZone", detail });
  }
  const cron = cronProblem({ ...schedule, timeZone: zone ? schedule.timeZone : "UTC" });
  if (cron) problems.push({ field: "cron", detail: cron });
  return problems;
}

function cronProblem(schedule: Schedule): string | null {
  const { cron } = schedule;
  if (cron.trim().split(/\s+/).length !== 5)
    return `"${cron}" must have five fields: minute, hour, day of month, month, day of week`;
  try {
    // Any instant does: a pattern that never comes, such as the 30th of February, has no next one after it.
    return nextTick(schedule, new Date(0)) === null ? `"${cron}" never comes` : null;
  } catch (error) {
    return `"${cron}" is not a cron expression: ${(error as Error).message.replace(/^CronPattern: /, "")}`;
  }
}

function isZone(zone: string): boolean {
  // Offsets such as +02:00 are no zones: they know nothing of summer time.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The first tick after an instant; null when there is none. A time that the clock skips comes when it has jumped, one that comes twice comes once. */
export function nextTick(schedule: Schedule, after: Date): Date | null {
  return cronOf(schedule).nextRun(after);
}

/** The newest ticks with `from` <= tick <= `until`, oldest first, at most `limit`. */
export function ticksBetween(schedule: Schedule, from: Date, until: Date, limit: number): Date[] {
  return cronOf(schedule)
    .previousRuns(limit, new Date(Math.floor(until.getTime() / 1000) * 1000 + 1000))
    .filter((tick) => tick >= from && tick <= until)
    .reverse();
}

function cronOf({ cron, timeZone }: Schedule): Cron {
  return new Cron(cron.trim(), { timezone: timeZone, mode: "5-part", paused: true });
}
