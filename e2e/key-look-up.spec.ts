import { expect, test } from "@playwright/test";

test("a key shows every value with its status", async ({ page }) => {
  await page.goto("/entities");
  await page.getByRole("link", { name: "airport", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Which airport?" })).toBeVisible();
  await page.getByRole("combobox", { name: /airport/ }).fill("ATL");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page).toHaveURL(/\/entities\/airport\?key=ATL$/);
  const profile = page.getByRole("region", { name: "Features of airport_profile" });
  await expect(profile.getByRole("row", { name: /state/ })).toContainText("GA");
  await expect(
    page.getByRole("region", { name: "Features of airport_traffic" }).getByText("Present").first(),
  ).toBeVisible();
});

test("an unknown key is told apart from an error", async ({ page }) => {
  await page.goto("/entities/airport?key=XXX");
  await expect(page.getByRole("heading", { name: "Nothing is known of XXX" })).toBeVisible();
});

test("a composite key has one field for each part", async ({ page }) => {
  await page.goto("/entities/route");
  await page.getByRole("combobox", { name: /origin/ }).fill("ATL");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByText("Type a destination")).toBeVisible();
  await page.getByRole("combobox", { name: /destination/ }).fill("DFW");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page).toHaveURL(/key=ATL%7CDFW/);
  await expect(page.getByRole("heading", { name: "route_traffic" })).toBeVisible();
});

test("a key of the wrong shape names what was expected", async ({ page }) => {
  await page.goto("/entities/route?key=ATL");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("origin|destination");
});

test("an example key is one click away", async ({ page }) => {
  await page.goto("/entities/airport");
  const example = page.getByText("Keys that exist:").locator("..").getByRole("link").first();
  const key = await example.textContent();
  await example.click();
  await expect(page).toHaveURL(new RegExp(`key=${key}$`));
  await expect(page.getByRole("heading", { name: "airport_traffic" })).toBeVisible();
});
