// What both commands share. Plain Node: it runs before anything is installed.
import { fork, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const CLIENT_STAMP = join(root, "lib/platform/generated/.stamp");
const BUILD_STAMP = join(root, ".next/larder-build");
const BUILD_INPUTS = ["app", "components", "lib", "public", "prisma/schema.prisma"];
const BUILD_FILES = ["next.config.ts", "package-lock.json", "postcss.config.mjs"];

/** A failure whose message is all there is to say. */
export class Failure extends Error {}

/** Ends with one clear line when Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Failure(`Larder needs Node 20.19 or later; this is ${process.version}.`);
  }
}

/** `npm ci`, when node_modules is missing or not what package-lock.json says. */
export async function install() {
  if (isInstalled()) return;
  await phase("npm ci", () => run("npm", ["ci", "--no-audit", "--no-fund"], { quiet: true }));
}

/** npm ends an installation by writing down what it installed: compared with the lockfile, that needs no stamp of ours. */
function isInstalled() {
  const done = read(join(root, "node_modules/.package-lock.json"));
  if (!done) return false;
  const installed = JSON.parse(done).packages;
  const { "": _, ...wanted } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const same = (path) =>
    installed[path]?.version === wanted[path]?.version && installed[path]?.integrity === wanted[path]?.integrity;
  return Object.keys(installed).every(same) && Object.keys(wanted).every((path) => wanted[path].optional || same(path));
}

/** The Prisma client, when the schema changed. Needs no engine, so none is downloaded. */
export async function generate() {
  const schema = readFileSync(join(root, "prisma/schema.prisma"));
  const wanted = hash([schema, readFileSync(join(root, "node_modules/prisma/package.json"))]);
  if (read(CLIENT_STAMP) === wanted) return;
  await phase("prisma generate", () =>
    run(process.execPath, [bin("prisma"), "generate"], {
      quiet: true,
      env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" },
    }),
  );
  mkdirSync(dirname(CLIENT_STAMP), { recursive: true });
  writeFileSync(CLIENT_STAMP, wanted);
}

/** `next build`, when anything it reads changed since the last one. */
export async function build() {
  const wanted = sourcesHash();
  // Next itself may complete tsconfig.json while it builds, so that file counts as it is afterwards.
  const stamp = () => hash([wanted, readFileSync(join(root, "tsconfig.json"))]);
  if (read(BUILD_STAMP) === stamp() && existsSync(join(root, ".next/BUILD_ID"))) return;
  rmSync(BUILD_STAMP, { force: true });
  await phase("next build", () =>
    run(process.execPath, [bin("next"), "build"], {
      quiet: true,
      env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    }),
  );
  writeFileSync(BUILD_STAMP, stamp());
}

/** Becomes `server/start.ts`: hands on signals, ends with its exit code. */
export function serve(mode) {
  const child = fork(join(root, "server/start.ts"), {
    cwd: root,
    execArgv: ["--import", "tsx"],
    // A person at a terminal wants to see what is wrong, not every request; a log collector wants both.
    env: {
      ...process.env,
      LARDER_ROOT: root,
      NODE_ENV: mode,
      LARDER_LOG_LEVEL: process.env.LARDER_LOG_LEVEL || (process.stderr.isTTY ? "warn" : "info"),
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  // A terminal sends Ctrl-C to the child as well; handing it on again does no harm.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => process.exit(code ?? 1));
}

/** Runs `work` and says in one line what it was and how long it took. */
export async function phase(name, work) {
  const began = Date.now();
  await work();
  console.log(`- ${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** Runs a program in the checkout. `quiet` keeps its output back unless it fails. */
export function run(command, args, { quiet = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    const output = [];
    child.stdout?.on("data", (bytes) => output.push(bytes));
    child.stderr?.on("data", (bytes) => output.push(bytes));
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", forward).on("SIGTERM", forward);
    child.on("error", (error) => reject(new Failure(`${command} could not be started: ${error.message}`)));
    child.on("exit", (code, signal) => {
      process.off("SIGINT", forward).off("SIGTERM", forward);
      if (code === 0) return resolve();
      if (quiet) process.stderr.write(Buffer.concat(output));
      const what = [command === process.execPath ? "node" : command, ...args].join(" ").replaceAll(`${root}/`, "");
      reject(new Failure(`${what} failed (${signal ?? `exit code ${code}`}).`));
    });
  });
}

/** The script behind a command of a package that is installed. */
export function bin(name, packageName = name) {
  const manifest = JSON.parse(readFileSync(join(root, "node_modules", packageName, "package.json"), "utf8"));
  const path = typeof manifest.bin === "string" ? manifest.bin : manifest.bin[name];
  return join(root, "node_modules", packageName, path);
}

/** Whether a program can be started. */
export function canRun(command, args = ["--version"]) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** Ends the process with the one line of a `Failure`, or with the stack of anything else. */
export function fail(error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}

function sourcesHash() {
  const sum = createHash("sha256").update(process.version);
  for (const name of BUILD_FILES)
    if (existsSync(join(root, name))) sum.update(name).update(readFileSync(join(root, name)));
  for (const name of BUILD_INPUTS) addTree(sum, name);
  return sum.digest("hex");
}

function addTree(sum, name) {
  const path = join(root, name);
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) return void sum.update(name).update(readFileSync(path));
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) {
      if (entry.name !== "generated" && entry.name !== "testing" && entry.name !== "fixtures")
        addTree(sum, `${name}/${entry.name}`);
    } else if (!/\.test\.tsx?$|\.md$/.test(entry.name)) {
      sum.update(`${name}/${entry.name}`).update(readFileSync(join(path, entry.name)));
    }
  }
}

function hash(parts) {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}

function read(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
