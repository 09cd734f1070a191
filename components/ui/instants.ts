const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const MINUTE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** The day of an instant in UTC: `30 Jun 2001`. */
export function formatDay(at: string | null | undefined): string {
  const ms = at ? Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? "–" : DAY.format(ms);
}

/** An instant in UTC to the minute: `30 Jun 2001, 23:59 UTC`. */
export function formatMinute(at: string | null | undefined): string {
  const ms = at ? Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? "–" : `${MINUTE.format(ms)} UTC`;
}

/** An instant exactly as it is stored, without the zeros that say nothing: `2001-06-30 23:59:00 UTC`. */
export function formatExact(at: string): string {
  return `${at
    .replace("T", " ")
    .replace(/(\.\d*?)0*Z$/, (_, digits: string) => (digits === "." ? "" : digits))
    .replace(/Z$/, "")} UTC`;
}

/** How long ago in words, or the day when it is more than thirty days away. */
export function formatRelative(at: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(at)) / 1000;
  const ahead = seconds < 0;
  const size = Math.abs(seconds);
  if (Number.isNaN(seconds) || size >= 30 * 86_400) return formatDay(at);
  if (size < 10) return "just now";
  const [amount, unit] =
    size < 60
      ? [size, "second"]
      : size < 3600
        ? [size / 60, "minute"]
        : size < 86_400
          ? [size / 3600, "hour"]
          : [size / 86_400, "day"];
  const whole = Math.floor(amount as number);
  const words = `${whole} ${unit}${whole === 1 ? "" : "s"}`;
  return ahead ? `in ${words}` : `${words} ago`;
}
