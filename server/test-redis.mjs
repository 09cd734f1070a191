// `npm run test:redis`: the Redis store against real servers on this machine (one alone, one with TLS, a cluster of three), and
// what stands on an online store with Redis below it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, canRun, checkNode, Failure, fail, generate, install, phase, run } from "./tasks.mjs";

const HOST = "127.0.0.1";
const TESTS = ["lib/engines/online/redis", "lib/materialization", "lib/serving", "lib/streaming"];
const servers = [];
let folder;

try {
  checkNode();
  await install();
  await generate();
  await findRedis();
  folder = mkdtempSync(join(tmpdir(), "larder-redis-"));
  await phase("certificate", makeCertificate);
  let env = {};
  await phase("start Redis", async () => {
    const [single, contexts, tls, ...nodes] = await freePorts(6);
    await Promise.all([
      start(single, []),
      start(contexts, []),
      start(0, tlsArguments(tls)),
      // The bus would take port + 10,000, which may be taken or not exist.
      ...nodes.map(async (port) =>
        start(port, ["--cluster-enabled", "yes", "--cluster-port", `${(await freePorts(1))[0]}`]),
      ),
    ]);
    const hosts = nodes.map((port) => `${HOST}:${port}`);
    await run("redis-cli", ["--cluster", "create", ...hosts, "--cluster-replicas", "0", "--cluster-yes"], {
      quiet: true,
    });
    env = {
      LARDER_TEST_REDIS_URL: `redis://${HOST}:${single}`,
      LARDER_TEST_ONLINE_URL: `redis://${HOST}:${contexts}`,
      LARDER_TEST_REDIS_TLS_URL: `rediss://localhost:${tls}`,
      LARDER_TEST_REDIS_CA: join(folder, "certificate.pem"),
      LARDER_TEST_REDIS_CLUSTER_URL: `redis+cluster://${hosts.join(",")}`,
    };
  });
  await run(process.execPath, [bin("vitest"), "run", ...(process.argv.length > 2 ? process.argv.slice(2) : TESTS)], {
    env,
  });
} catch (error) {
  fail(error);
} finally {
  await Promise.all(servers.map(stop));
  if (folder) rmSync(folder, { recursive: true, force: true });
}

async function findRedis() {
  if (canRun("redis-server") && canRun("redis-cli")) return;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version") && canRun("apt-get")) {
    const options = { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } };
    await phase("install Redis", async () => {
      await run("apt-get", ["update"], options);
      await run("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], options);
    });
  }
  if (!canRun("redis-server")) throw new Failure("Redis is not installed (Debian: apt-get install redis-server).");
}

/** A certificate for localhost that signs itself. */
function makeCertificate() {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const what = [
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=localhost",
    "-addext",
    "subjectAltName=DNS:localhost,IP:127.0.0.1",
  ];
  const made = spawnSync("openssl", ["req", "-x509", ...what, "-keyout", key, "-out", certificate], {
    encoding: "utf8",
  });
  if (made.error) throw new Failure("openssl is not installed (Debian: apt-get install openssl).");
  if (made.status !== 0) throw new Failure(`openssl made no certificate: ${made.stderr}`);
}

function tlsArguments(port) {
  const certificate = join(folder, "certificate.pem");
  const files = [
    "--tls-cert-file",
    certificate,
    "--tls-key-file",
    join(folder, "key.pem"),
    "--tls-ca-cert-file",
    certificate,
  ];
  return ["--tls-port", `${port}`, "--tls-auth-clients", "no", ...files];
}

async function start(port, more) {
  const dir = mkdtempSync(join(folder, "server-"));
  const common = ["--port", `${port}`, "--bind", HOST, "--save", "", "--appendonly", "no", "--dir", dir];
  const server = spawn("redis-server", [...common, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  let said = "";
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", () => reject(new Failure(`redis-server ended: ${said}`)));
    server.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Ready to accept connections")) resolve();
    });
  });
}

async function stop(server) {
  if (server.exitCode !== null || server.signalCode !== null || !server.pid) return;
  server.kill("SIGKILL");
  await once(server, "exit");
}

/** Ports that nobody listens at just now, all different. */
async function freePorts(count) {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, HOST));
  await Promise.all(listeners.map((listener) => once(listener, "listening")));
  const ports = listeners.map((listener) => listener.address().port);
  await Promise.all(listeners.map((listener) => once(listener.close(), "close")));
  return ports;
}
