import { expect, test } from "@playwright/test";

test("a picked node lights its path and is in the address", async ({ page }) => {
  await page.goto("/lineage");
  await page.getByRole("button", { name: "Feature group airport_profile", exact: true }).click();
  await expect(page).toHaveURL(/node=feature_group:airport_profile/);
  const panel = page.getByRole("complementary", { name: "About airport_profile" });
  await expect(panel.getByRole("button", { name: /airports/ })).toBeVisible();
  await page.reload();
  await expect(panel.getByRole("link", { name: "Open feature group" })).toBeVisible();
  await page.goBack();
  await expect(panel).toBeHidden();
});

test("a group opens into its features", async ({ page }) => {
  await page.goto("/lineage");
  await page.getByRole("button", { name: /Show the \d+ features of airport_profile/ }).click();
  await expect(page).toHaveURL(/expanded=airport_profile/);
  await expect(page.getByRole("button", { name: "Feature city", exact: true })).toBeVisible();
});

test("the search finds a feature inside a closed group", async ({ page }) => {
  await page.goto("/lineage");
  const search = page.getByRole("combobox", { name: "Find in the lineage" });
  await search.fill("late_share_24h");
  await page
    .getByRole("option", { name: /late_share_24h/ })
    .first()
    .click();
  await expect(page).toHaveURL(/node=feature:airport_traffic:late_share_24h/);
  await expect(page.getByRole("button", { name: "Feature late_share_24h", exact: true })).toBeVisible();
});

test("the list says the same without drawing", async ({ page }) => {
  await page.goto("/lineage?view=list");
  await page.getByRole("button", { name: "flight_delay_v1" }).click();
  await expect(page).toHaveURL(/view=list/);
  await expect(page.getByText("on the path").first()).toBeVisible();
});

test("arrow keys walk along the edges", async ({ page }) => {
  await page.goto("/lineage?node=feature_group:airport_profile");
  const group = page.getByRole("button", { name: "Feature group airport_profile", exact: true });
  await group.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("button", { name: "Source airports", exact: true })).toBeFocused();
});

test("the graph is exported as SVG with its edges", async ({ page }) => {
  await page.goto("/lineage");
  await expect(page.getByRole("button", { name: "Feature group airport_profile", exact: true })).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export SVG" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("lineage.svg");
});
