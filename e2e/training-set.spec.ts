import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";

test("a training set is built from a view, with live progress, and downloaded", async ({ page }) => {
  await page.goto("/feature-views/flight_delay_v1");
  await page.getByRole("link", { name: "Build training set" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "New training set" })).toBeVisible();
  const name = `story_${Date.now()}`;
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "Rows at most" }).fill("5000");
  await page.getByRole("button", { name: "Build training set" }).click();
  await expect(page).toHaveURL(new RegExp(`/training-sets/${name}$`));
  const download = page.getByRole("link", { name: "Download Parquet" });
  // While it is built its progress is there; a quick machine may be done before the page is.
  await expect(page.getByRole("progressbar").or(download).first()).toBeVisible();
  await expect(download).toBeVisible({ timeout: 45_000 });
  await expect(
    page.getByRole("region", { name: "Columns" }).getByRole("row", { name: /destination_+mean_delay_1h/ }),
  ).toBeVisible();
  await expect(page.getByRole("region", { name: `First rows of ${name}` }).getByRole("row")).toHaveCount(51);
  const [file] = await Promise.all([page.waitForEvent("download"), download.click()]);
  const bytes = readFileSync(await file.path());
  expect(bytes.subarray(0, 4).toString()).toBe("PAR1");
  expect(bytes.subarray(-4).toString()).toBe("PAR1");
});

test("the form refuses what cannot be built, before asking", async ({ page }) => {
  await page.goto("/training-sets/new?view=flight_delay_v1");
  const name = page.getByRole("textbox", { name: "Name" });
  await expect(name).toHaveValue(/^flight_delay_v1_training/);
  await name.fill("Not A Name");
  await page.getByRole("button", { name: "Build training set" }).click();
  await expect(page.getByText(/A name must start with a letter/)).toBeVisible();
  await expect(name).toBeFocused();
  await expect(page).toHaveURL(/\/training-sets\/new/);
});

test("a spine that cannot be read fails with the reason", async ({ page }) => {
  await page.goto("/training-sets/new?view=flight_delay_v1");
  await page.getByRole("textbox", { name: "Name" }).fill(`broken_${Date.now()}`);
  await page.getByRole("radio", { name: "SQL of my own" }).check();
  await page.getByRole("textbox", { name: "SQL", exact: true }).fill("SELECT nothing FROM nowhere");
  await page.getByRole("button", { name: "Build training set" }).click();
  // Refused where it was asked for: no name is used up by SQL that cannot work.
  await expect(page.getByRole("main").getByRole("alert").first()).toContainText("nowhere");
  await expect(page).toHaveURL(/training-sets\/new/);
});

test("a run tells what it did", async ({ page }) => {
  await page.goto("/runs?kind=refresh");
  await page.getByRole("region", { name: "Runs" }).getByRole("link").last().click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  const run = page.getByRole("region", { name: /Recompute/ });
  await expect(run.getByRole("listitem").filter({ hasText: "Compute airport_traffic" })).toContainText("done");
});
