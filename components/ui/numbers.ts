const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const FIXED = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });
const EXPONENT = new Intl.NumberFormat("en-US", { notation: "scientific", maximumSignificantDigits: 3 });

/** A count in full with thousands separators; an en dash when it is not known. */
export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined ? "–" : COUNT.format(count);
}

/** A count in little room: `3.0 M`, `12.4 k`; below 10,000 in full. */
export function formatCompact(count: number | null | undefined): string {
  if (count === null || count === undefined) return "–";
  if (Math.abs(count) < 10_000) return COUNT.format(count);
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    // 999,950 rounds to 1000.0 k, so the next unit takes over just below its size.
    if (Math.abs(count) >= size * 0.99995) return `${(count / size).toFixed(1)} ${unit}`;
  }
  return COUNT.format(count);
}

/** Bytes in decimal units: `1.2 MB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  if (bytes < 1000) return `${COUNT.format(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 99.95 ? size.toFixed(1) : size.toFixed(0)} ${units[unit]}`;
}

/** A measured number with at most five significant digits, very large and small ones with an exponent. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e12 || size < 1e-4)) return EXPONENT.format(value);
  if (size >= 10_000) return COUNT.format(value);
  return FIXED.format(value);
}

/** A share between 0 and 1 in percent; never rounded to 0 % or 100 % unless it is exactly that. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  if (share === 0) return "0 %";
  if (share === 1) return "100 %";
  if (share < 0.0005) return "<0.1 %";
  if (share > 0.9995) return ">99.9 %";
  return `${(share * 100).toFixed(1)} %`;
}

/** How long something took: `12 ms`, `3.4 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatSeconds(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.floor(whole / 60);
  return `${COUNT.format(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, "0")} min`;
}

const AGES = [
  [31_557_600, "y"],
  [2_629_800, "mo"],
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** An age in its greatest unit: `45 s`, `3 min`, `24 y`. */
export function formatAge(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 1) return "0 s";
  for (const [size, unit] of AGES) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return "0 s";
}
