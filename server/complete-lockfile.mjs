// `npm run lockfile`, after every `npm install`: npm leaves optional packages of other platforms out of the lockfile when the
// registry it asked does not serve them, and `npm ci` then refuses the lockfile everywhere. This writes them back.
import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("../package-lock.json", import.meta.url);
const SYSTEMS = ["android", "darwin", "linux", "win32", "freebsd"];
const PROCESSORS = ["arm64", "x64", "arm", "ia32"];

const lock = JSON.parse(readFileSync(FILE, "utf8"));
const added = [];
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (Object.keys(lock.packages).some((known) => known === path || known.endsWith(`/${path}`))) continue;
    const parts = name.split(/[-/]/);
    lock.packages[path] = {
      version,
      cpu: PROCESSORS.filter((processor) => parts.includes(processor)),
      ...(owner.dev ? { dev: true } : {}),
      ...(name.endsWith("musl") ? { libc: ["musl"] } : {}),
      optional: true,
      os: SYSTEMS.filter((system) => parts.includes(system)),
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
if (added.length > 0) writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `added ${added.length}: ${added.join(", ")}` : "package-lock.json is complete");
