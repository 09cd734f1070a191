import { expect, test } from "@playwright/test";

test("home shows what is here and what to do next", async ({ page }) => {
  await page.goto("/");
  const main = page.getByRole("main");
  await expect(main.getByRole("link", { name: /\d+ features/ }).first()).toBeVisible();
  await expect(main.getByRole("link", { name: /\d+ feature groups/ })).toBeVisible();
  await expect(main.getByRole("heading", { name: "What to do next" })).toBeVisible();
  await main.getByRole("link", { name: "Find a feature" }).click();
  await expect(page).toHaveURL(/\/features$/);
  await expect(page.getByRole("heading", { level: 1, name: "Features" })).toBeVisible();
});

test("every page of the navigation opens", async ({ page }) => {
  await page.goto("/");
  const pages = [
    ["Feature groups", "/feature-groups"],
    ["Entities", "/entities"],
    ["Sources", "/sources"],
    ["Feature views", "/feature-views"],
    ["Lineage", "/lineage"],
    ["Training sets", "/training-sets"],
    ["Runs", "/runs"],
    ["Features", "/features"],
  ] as const;
  for (const [name, path] of pages) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
  }
});

test("an address without a page says so and leads on", async ({ page }) => {
  const answer = await page.goto("/no-such-page");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Home" }).click();
  await expect(page).toHaveURL(/\/$/);
});

for (const path of [
  "/features/nowhere%3Anothing",
  "/entities/nowhere",
  "/sources/nowhere",
  "/training-sets/nowhere",
  "/runs/nowhere",
]) {
  test(`${path} is not found`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  });
}

test("the theme persists over a reload", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: /account menu/ }).click();
  const dark = page.getByRole("radiogroup", { name: "Colours" }).getByRole("radio", { name: "Dark" });
  await dark.focus();
  await page.keyboard.press("Space");
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.getByRole("button", { name: /account menu/ }).click();
  await expect(dark).toBeChecked();
});
