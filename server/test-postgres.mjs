// `npm run test:postgres`: the unit and integration tests against a real PostgreSQL in a temporary folder.
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { bin, checkNode, Failure, fail, generate, install, phase, run } from "./tasks.mjs";

const root = process.getuid?.() === 0;
let cluster;

try {
  checkNode();
  await install();
  await generate();
  const binaries = findBinaries();
  cluster = mkdtempSync("/tmp/larder-pg-");
  if (root) chownSync(cluster, ...owner());
  const data = join(cluster, "data");
  const socket = `-c listen_addresses= -c unix_socket_directories=${cluster} -c max_connections=200 -c fsync=off`;
  await phase("initdb", () =>
    asOwner([join(binaries, "initdb"), "-D", data, "-U", "larder", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]),
  );
  await phase("start PostgreSQL", () =>
    asOwner([join(binaries, "pg_ctl"), "-D", data, "-w", "-o", socket, "-l", join(cluster, "log"), "start"]),
  );
  const url = `postgresql://larder@localhost/postgres?host=${encodeURIComponent(cluster)}`;
  try {
    await run(process.execPath, [bin("vitest"), "run", ...process.argv.slice(2)], {
      env: { LARDER_TEST_POSTGRES_URL: url },
    });
  } finally {
    await asOwner([join(binaries, "pg_ctl"), "-D", data, "-m", "immediate", "stop"]);
  }
} catch (error) {
  fail(error);
} finally {
  if (cluster) rmSync(cluster, { recursive: true, force: true });
}

function findBinaries() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  const found = folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "pg_ctl")));
  if (!found) throw new Failure("PostgreSQL is not installed (Debian: apt-get install postgresql).");
  return found;
}

/** PostgreSQL refuses to run as root. */
function asOwner(command) {
  const [first, ...rest] = root ? ["runuser", "-u", "postgres", "--", ...command] : command;
  return run(first, rest, { quiet: true, cwd: "/tmp" });
}

function owner() {
  const ids = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout));
  if (ids.some((id) => !id))
    throw new Failure(`Running as ${userInfo().username}, but there is no user "postgres" to start PostgreSQL as.`);
  return ids;
}
