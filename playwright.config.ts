import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

// This file is read again by each worker of Playwright: what is chosen once is handed on in the environment.
process.env.LARDER_E2E_PORT ??= String(await freePort());
process.env.LARDER_E2E_DATA_DIR ??= mkdtempSync(join(tmpdir(), "larder-e2e-"));

const baseURL = `http://localhost:${process.env.LARDER_E2E_PORT}`;
const resultsFile = process.env.LARDER_PLAYWRIGHT_RESULTS;

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [
    ["list"],
    ...(resultsFile ? [["json", { outputFile: resultsFile }] as ["json", { outputFile: string }]] : []),
  ],
  use: {
    baseURL,
    trace: "retain-on-failure",
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: "node server/start.mjs",
    env: {
      PORT: process.env.LARDER_E2E_PORT,
      LARDER_SERVING_PORT: "0",
      LARDER_DATA_DIR: process.env.LARDER_E2E_DATA_DIR,
      LARDER_DEMO: "1",
      LARDER_LOG_LEVEL: "warn",
      DATABASE_URL: "",
    },
    // The pages answer while the demonstration is still loading; the tests need all of it.
    wait: { stdout: /Larder is ready at/ },
    stdout: "pipe",
    timeout: 600_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
