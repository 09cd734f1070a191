// `npm test`: everything that must hold before a change is merged, from a clean checkout.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, build, canRun, checkNode, Failure, fail, generate, install, phase, root, run } from "./tasks.mjs";

const results = mkdtempSync(join(tmpdir(), "larder-results-"));
const vitestFile = join(results, "vitest.json");
const playwrightFile = join(results, "playwright.json");
const node = (name, args, options) => run(process.execPath, [bin(name, options?.package), ...args], options);

try {
  checkNode();
  await install();
  await generate();
  await step("format and lint", () => node("biome", ["check", "."], { package: "@biomejs/biome" }));
  await step("types", async () => {
    // Route types and next-env.d.ts, which are not checked in.
    await node("next", ["typegen"], { quiet: true });
    await node("tsc", ["--noEmit"], { package: "typescript" });
  });
  await step("unit and integration tests", () =>
    node("vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${vitestFile}`]),
  );
  await step("build", build);
  await step("browser tests", browserTests);
} catch (error) {
  fail(error);
}
summarize();
rmSync(results, { recursive: true, force: true });

async function step(name, work) {
  console.log(`\n== ${name}`);
  await phase(name, work);
}

async function browserTests() {
  if (!existsSync(join(root, "e2e")) || !readdirSync(join(root, "e2e")).some((name) => name.endsWith(".spec.ts"))) {
    throw new Failure("e2e/ has no tests.");
  }
  await node("playwright", ["test"], {
    package: "@playwright/test",
    env: {
      CHROMIUM_PATH: await findChromium(),
      LARDER_PLAYWRIGHT_RESULTS: playwrightFile,
      LARDER_E2E_DATA_DIR: join(results, "data"),
    },
  });
}

async function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!existsSync(given)) throw new Failure(`CHROMIUM_PATH is ${given}, which does not exist.`);
    return given;
  }
  const found = (await candidates()).find((path) => existsSync(path));
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version") && canRun("apt-get")) {
    const options = { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } };
    await phase("install Chromium", async () => {
      await run("apt-get", ["update"], options);
      await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
    });
    if (existsSync("/usr/bin/chromium")) return "/usr/bin/chromium";
  }
  throw new Failure(
    "The browser tests need Chromium: install it (Debian: apt-get install chromium), run `npx playwright install chromium`, or set CHROMIUM_PATH.",
  );
}

async function candidates() {
  const { chromium } = await import("@playwright/test");
  const system = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return [
    ...system.map((name) => join("/usr/bin", name)),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    chromium.executablePath(),
  ];
}

/** The closing line, also after a failure: tests that never ran are not counted as passed. */
function summarize() {
  const vitest = readJson(vitestFile);
  const playwright = readJson(playwrightFile)?.stats;
  const passed = (vitest?.numPassedTests ?? 0) + (playwright?.expected ?? 0) + (playwright?.flaky ?? 0);
  let failed = (vitest?.numFailedTests ?? 0) + (playwright?.unexpected ?? 0);
  // A check before or between the tests failed, or a file did not even load: that is a failure too.
  if (failed === 0 && process.exitCode) failed = 1;
  console.log(`\n${passed} passed, ${failed} failed`);
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}
