import { resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { LarderError } from "@/lib/kernel/errors";
import type { Settings } from "./protocol";

const OFF = [
  "enable_external_access",
  "autoinstall_known_extensions",
  "autoload_known_extensions",
  "allow_community_extensions",
  "allow_unsigned_extensions",
  "allow_persistent_secrets",
];

const UNITS: Record<string, number> = { bytes: 1, b: 1 };
for (const [power, letter] of ["k", "m", "g", "t"].entries()) {
  UNITS[`${letter}b`] = 1000 ** (power + 1);
  UNITS[`${letter}ib`] = 1024 ** (power + 1);
}

/** Bytes of a size such as `2GB` or `190.7 MiB`; NaN when it is none. */
export function bytesOf(size: string): number {
  const found = /^([\d.]+)\s*([a-z]+)$/i.exec(size.trim());
  return found ? Number(found[1]) * (UNITS[(found[2] ?? "").toLowerCase()] ?? Number.NaN) : Number.NaN;
}

/** Throws `internal` unless every limit of the recipe took effect; a setting that DuckDB renamed must not pass unnoticed. */
export async function requireSettings(
  connection: DuckDBConnection,
  settings: Settings,
  allowed: string[],
): Promise<void> {
  const names = [...OFF, "threads", "memory_limit", "max_temp_directory_size"];
  const lists = ["allowed_paths", "allowed_directories"].map((name) => `current_setting('${name}')`);
  const reader = await connection.runAndReadAll(
    `SELECT ${[...names.map((name) => `CAST(current_setting('${name}') AS VARCHAR)`), ...lists].join(", ")}`,
  );
  const row = reader.getRowsJson()[0] ?? [];
  const [paths, directories] = row.slice(-2) as [string[], string[]];
  const is = new Map(names.map((name, at) => [name, String(row[at])]));
  const wrong = OFF.filter((name) => is.get(name) !== "false");
  if (is.get("threads") !== String(settings.threads)) wrong.push("threads");
  for (const [name, wanted] of [
    ["memory_limit", settings.memoryLimit],
    ["max_temp_directory_size", settings.temporaryLimit],
  ] as const) {
    // DuckDB answers in other units, with one digit after the point.
    const ratio = bytesOf(is.get(name) ?? "") / bytesOf(wanted);
    if (!(Math.abs(ratio - 1) < 0.06)) wrong.push(name);
  }
  // DuckDB writes a path in its own way, so they are counted.
  if (paths.length > allowed.length) wrong.push("allowed_paths");
  if (directories.length !== 1 || resolve(directories[0] ?? "") !== resolve(settings.temporaryDirectory))
    wrong.push("allowed_directories");
  if (wrong.length > 0) throw notClosed(`${wrong.join(", ")} did not take effect`);
}

/** Throws `internal` unless files are out of reach and nothing can be set any more: each instance proves it. */
export async function requireLocked(connection: DuckDBConnection): Promise<void> {
  for (const forbidden of ["SELECT * FROM read_text('/etc/hostname')", "SET memory_limit = '100GB'"]) {
    const passed = await connection.run(forbidden).then(
      () => true,
      () => false,
    );
    if (passed) throw notClosed("it let a file or a setting through");
  }
}

function notClosed(why: string): LarderError {
  return new LarderError("internal", `The sandbox of the offline engine did not close: ${why}`);
}
