import { expect, type Page, test } from "@playwright/test";

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
}

test("an invitation link is shown once and can be taken back", async ({ page }) => {
  await open(page, "/members");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "engineer" }).check();
  await dialog.getByRole("textbox", { name: "E-mail" }).fill("grace@example.com");
  await dialog.getByRole("button", { name: "Create link" }).click();
  await expect(dialog.getByRole("region", { name: "The link" })).toHaveText(/\/invitation#lin_\S+/);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(/invitation#lin_/)).toHaveCount(0);
  const invited = page
    .getByRole("region", { name: "Open invitations" })
    .getByRole("row", { name: /grace@example.com/ });
  await expect(invited).toContainText("engineer");
  await page.reload();
  await expect(page.getByText(/invitation#lin_/)).toHaveCount(0);
  await invited.getByRole("button", { name: /^Revoke/ }).click();
  await expect(invited).toHaveCount(0);
});

test("the last admin cannot be demoted, and is told so", async ({ page }) => {
  await open(page, "/members");
  await page.getByRole("combobox", { name: "Role of Demo admin" }).click();
  await page.getByRole("option", { name: /^viewer/ }).click();
  await expect(page.getByText(/is the only admin of this project/)).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Role of Demo admin" })).toHaveValue("admin");
});

test("a token works until it is revoked, and the log tells all of it", async ({ page, playwright, baseURL }) => {
  const name = `story ${Date.now()}`;
  await open(page, "/tokens");
  await page.getByRole("button", { name: "New token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await expect(dialog.getByRole("checkbox", { name: "catalog:read" })).toBeChecked();
  await dialog.getByRole("button", { name: "Create token" }).click();
  const secret = (await dialog.getByRole("region", { name: "The token" }).locator("code").textContent()) ?? "";
  expect(secret).toMatch(/^fsp_/);
  await expect(dialog.getByText(/curl/)).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row).toContainText("Active");
  await expect(page.getByText(secret)).toHaveCount(0);

  const program = await playwright.request.newContext({
    ...(baseURL ? { baseURL } : {}),
    extraHTTPHeaders: { authorization: `Bearer ${secret}` },
  });
  expect((await program.get("/api/v1/features?limit=1")).status()).toBe(200);
  const beyond = await program.get("/api/v1/audit-events");
  expect(beyond.status()).toBe(403);
  expect((await beyond.json()).code).toBe("insufficient_scope");

  await row.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("textbox", { name: `Type ${name} to confirm` }).fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  expect((await program.get("/api/v1/features?limit=1")).status()).toBe(401);
  await program.dispose();

  await open(page, "/audit?action=token.");
  const log = page.getByRole("region", { name: "Audit log" });
  await expect(log.getByRole("row", { name: /token\.revoke/ }).first()).toBeVisible();
  await expect(log.getByRole("row", { name: /token\.create/ }).first()).toBeVisible();
  await log
    .getByRole("button", { name: /token\.create/ })
    .first()
    .click();
  await expect(log).toContainText(name);
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.getByRole("dialog").getByRole("status")).toContainText("Intact");
});

test("who may not read the log is told which role it takes", async ({ page }) => {
  await open(page, "/members");
  await page.getByRole("combobox", { name: "Signed in as" }).selectOption("viewer");
  await expect(page.getByRole("button", { name: "Invite", exact: true })).toHaveCount(0);
  const main = page.getByRole("navigation", { name: "Main" });
  await expect(main.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await page.goto("/audit");
  await expect(page.getByText(/takes steward or more/)).toBeVisible();
  await page.getByRole("combobox", { name: "Signed in as" }).selectOption("steward");
  await expect(page.getByRole("region", { name: "Audit log" })).toBeVisible();
  await expect(main.getByRole("link", { name: "Audit log" })).toBeVisible();
});

test("no page breaks the content policy", async ({ page }) => {
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) refused.push(`${page.url()}: ${message.text()}`);
  });
  const paths = ["/", "/features", "/features/airport_traffic%3Amean_delay_24h", "/lineage", "/members", "/settings"];
  for (const path of paths) {
    await open(page, path);
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("textbox", { name: "Search features, pages and actions" })).toBeVisible();
    await page.keyboard.press("Escape");
  }
  expect(refused).toEqual([]);
});
