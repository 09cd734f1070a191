import { expect, test } from "@playwright/test";

test("the palette finds a feature by keyboard alone", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  const search = page.getByRole("textbox", { name: "Search features, pages and actions" });
  await search.fill("mean_delay_24h");
  const hit = page
    .getByRole("dialog")
    .getByRole("button", { name: /mean_delay_24h/ })
    .first();
  await expect(hit).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/features\/airport_traffic%3A/);
});

test("the feature list narrows while typing and leads to statistics", async ({ page }) => {
  await page.goto("/features");
  await page.getByRole("main").getByRole("searchbox").fill("late_share_24h");
  await expect(page).toHaveURL(/q=late_share_24h/);
  await page
    .getByRole("main")
    .getByRole("link", { name: /late_share_24h/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "late_share_24h" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Data", exact: true })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Use it" })).toBeVisible();
});

test("the search survives a reload", async ({ page }) => {
  await page.goto("/features?q=route");
  await expect(page.getByRole("main").getByRole("searchbox")).toHaveValue("route");
  await expect(
    page
      .getByRole("main")
      .getByRole("link", { name: /route_/ })
      .first(),
  ).toBeVisible();
});

test("slash focuses the search of the page", async ({ page }) => {
  await page.goto("/features");
  const search = page.getByRole("main").getByRole("searchbox");
  await expect(search).toBeVisible();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
});
