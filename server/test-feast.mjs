// `npm run test:feast`: a stock Feast client from PyPI reads from and writes to a Larder of this checkout.
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { canRun, checkNode, Failure, fail, generate, install, phase, root, run } from "./tasks.mjs";

/** The client that is tried; kept outside of the checkout, because it takes a minute to install. */
const FEAST = "feast==0.67.0";
let server;
let folder;

try {
  checkNode();
  await install();
  await generate();
  const python = await findPython();
  folder = mkdtempSync(join(tmpdir(), "larder-feast-client-"));
  let project;
  await phase("start the data plane", async () => {
    server = fork(join(root, "server/feast-project.ts"), {
      cwd: root,
      execArgv: ["--import", "tsx"],
      env: { ...process.env, LARDER_SERVING_PORT: "0", LARDER_DEMO: "0", LARDER_LOG_LEVEL: "warn" },
    });
    project = await readyOf(server);
  });
  await run(python, [join(root, "server/feast-client.py"), project, folder], { env: { FEAST_USAGE: "False" } });
} catch (error) {
  fail(error);
} finally {
  if (server?.connected) {
    server.disconnect();
    if (server.exitCode === null) await once(server, "exit");
  }
  if (folder) rmSync(folder, { recursive: true, force: true });
}

/** The Python of FEAST_VENV, or of a virtual environment that is made once for this version. */
async function findPython() {
  const given = process.env.FEAST_VENV;
  const venv = given ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "larder", FEAST);
  const python = join(venv, "bin/python");
  if (existsSync(python) && canRun(python, ["-c", "import feast"])) return python;
  if (given) throw new Failure(`FEAST_VENV=${given} has no Feast: pip install '${FEAST}' there.`);
  if (!canRun("python3", ["-c", "import venv, ensurepip"]))
    throw new Failure("Python 3.10 or later with venv is needed (Debian: apt-get install python3-venv).");
  await phase(`pip install ${FEAST}`, async () => {
    rmSync(venv, { recursive: true, force: true });
    await run("python3", ["-m", "venv", venv], { quiet: true });
    await run(join(venv, "bin/pip"), ["install", "--disable-pip-version-check", FEAST], { quiet: true });
  });
  return python;
}

/** What the server tells when it can be asked. */
async function readyOf(child) {
  const gone = once(child, "exit").then(([code]) => {
    throw new Failure(`The data plane ended with code ${code} before it was ready.`);
  });
  const [{ address }] = await Promise.race([once(child, "message"), gone]);
  return address;
}
