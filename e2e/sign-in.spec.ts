import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

/** A server of its own, since the one that all other tests share is a demonstration, where nobody signs in. */
let server: ChildProcess;
let origin: string;
let setupPath: string;
const folder = mkdtempSync(join(tmpdir(), "larder-sign-in-"));
const FIRST = "seven green jars of plums";
const SECOND = "nine blue crates of pears";

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  test.setTimeout(180_000);
  const port = await freePort();
  origin = `http://localhost:${port}`;
  server = spawn(process.execPath, ["server/start.mjs"], {
    env: {
      ...process.env,
      PORT: String(port),
      LARDER_SERVING_PORT: "0",
      LARDER_DATA_DIR: folder,
      LARDER_DEMO: "0",
      LARDER_LOG_LEVEL: "warn",
      DATABASE_URL: "",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (/Larder is ready at/.test(said) && /\/setup#\S+/.test(said)) resolve();
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("exit", () => reject(new Error(`The server ended:\n${said}`)));
  });
  setupPath = /\/setup#\S+/.exec(said)?.[0] ?? "";
});

test.afterAll(async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

test("the first account comes from the link in the terminal, then one signs in and out", async ({ page }) => {
  await page.goto(`${origin}/members`);
  await expect(page).toHaveURL(`${origin}/sign-in?next=%2Fmembers`);
  await expect(page.getByRole("navigation")).toHaveCount(0);

  await page.goto(origin + setupPath);
  await expect(page.getByRole("heading", { name: "Set up Larder" })).toBeVisible();
  await expect(page).toHaveURL(`${origin}/setup`);
  await page.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
  await page.getByRole("textbox", { name: "E-mail" }).fill("ada@example.com");
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("password123");
  await page.getByRole("button", { name: "Create the account" }).click();
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await password.fill(FIRST);
  await page.getByRole("button", { name: "Create the account" }).click();
  await expect(page.getByRole("button", { name: /^Ada Lovelace, admin/ })).toBeVisible();

  await page.getByRole("button", { name: /^Ada Lovelace, admin/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(`${origin}/sign-in`);

  // The link was used up.
  await page.goto(origin + setupPath);
  await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();

  await page.goto(`${origin}/settings`);
  await page.getByRole("textbox", { name: "E-mail" }).fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill("not the one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(FIRST);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${origin}/settings`);
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});

test("a new password ends the sessions elsewhere; an invitation lets in a second person", async ({ browser, page }) => {
  const elsewhere = await browser.newPage();
  for (const each of [page, elsewhere]) {
    await each.goto(`${origin}/sign-in?next=/account`);
    await each.getByRole("textbox", { name: "E-mail" }).fill("ada@example.com");
    await each.getByLabel("Password", { exact: true }).fill(FIRST);
    await each.getByRole("button", { name: "Sign in" }).click();
    await expect(each.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  }
  await expect(page.getByText("(this one)")).toBeVisible();
  await page.getByLabel("Present password", { exact: true }).fill("wrong");
  await page.getByLabel("New password", { exact: true }).fill(SECOND);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Present password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Present password", { exact: true }).fill(FIRST);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText(/signed out everywhere else/)).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/\/sign-in\?next=%2Faccount/);

  await page.goto(`${origin}/members`);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("dialog").getByRole("radio", { name: "viewer" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Create link" }).click();
  const link = (await page.getByRole("region", { name: "The link" }).locator("code").textContent()) ?? "";
  await elsewhere.goto(link);
  await expect(elsewhere.getByRole("heading", { name: /^Join .* as viewer$/ })).toBeVisible();
  await elsewhere.getByRole("textbox", { name: "Name" }).fill("Grace Hopper");
  await elsewhere.getByRole("textbox", { name: "E-mail" }).fill("grace@example.com");
  await elsewhere.getByLabel("Password", { exact: true }).fill(SECOND);
  await elsewhere.getByRole("button", { name: "Create the account and join" }).click();
  await expect(elsewhere.getByRole("button", { name: /^Grace Hopper, viewer/ })).toBeVisible();
  await elsewhere.close();
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
