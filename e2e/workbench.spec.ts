import { readFile } from "node:fs/promises";
import { expect, type Locator, type Page, test } from "@playwright/test";

const ROWS = { name: "Rows of the result" };

async function open(page: Page): Promise<Locator> {
  await page.goto("/sql");
  const sql = page.getByRole("textbox", { name: "SQL", exact: true });
  await expect(sql).toBeVisible();
  return sql;
}

test("a question is asked, answered, drawn, kept and downloaded", async ({ page }) => {
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  const sql = await open(page);
  await sql.fill("SELECT origin, count(*) AS departures FROM flights GROUP BY 1 ORDER BY 2 DESC");
  await sql.press("Control+Enter");
  await expect(page.getByText(/^229 rows from flights in/)).toBeVisible();
  await expect(page.getByRole("region", ROWS).getByRole("row", { name: /ORD/ })).toContainText("166341");
  // Styles of the editor are its own, and the policy of the page lets them in.
  await expect(page.locator(".cm-scroller")).toHaveCSS("display", "flex");
  expect(refused).toEqual([]);

  await page.getByText("Chart", { exact: true }).click();
  await expect(page.getByRole("combobox", { name: "Chart" })).toHaveValue("bar");
  await expect(page.getByText("departures by origin").first()).toBeVisible();
  await page.getByText("Table", { exact: true }).click();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).trim().split("\n");
  expect([lines.length, lines[0], lines[1]]).toEqual([230, "origin,departures", "ORD,166341"]);

  await page.reload();
  await expect(sql).toHaveText(/^SELECT origin/);
  await sql.fill("SELECT 1");
  await page.getByRole("button", { name: "History" }).click();
  await page
    .getByRole("button", { name: /Bring back: SELECT origin, count/ })
    .first()
    .click();
  await expect(sql).toHaveText(/^SELECT origin, count/);
});

test("a mistake is shown at its line, and what is not allowed says so", async ({ page }) => {
  const sql = await open(page);
  await sql.fill("SELECT origin,\n  nothing\nFROM flights");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("This cannot run: line 2")).toBeVisible();
  await expect(page.locator(".cm-wrongLine")).toHaveText("  nothing");
  await sql.fill("SELECT * FROM read_text('/etc/passwd')");
  await sql.press("Control+Enter");
  await expect(page.getByText("This is not allowed")).toBeVisible();
  await expect(page.getByText("root:")).toHaveCount(0);
});

test("Escape ends what would never end, and the next question is answered", async ({ page }) => {
  const sql = await open(page);
  await sql.fill("SELECT count(*) FROM range(1000000000000)");
  await sql.press("Control+Enter");
  await expect(page.getByRole("button", { name: "Cancel", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Cancelled.")).toBeVisible();
  await sql.fill("SELECT range AS n FROM range(10000)");
  await page.getByRole("combobox", { name: "Rows at most" }).selectOption("10000");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText(/^10,000 rows in/)).toBeVisible();
  const rows = page.getByRole("region", ROWS);
  await rows.evaluate((region) => region.scrollTo(0, region.scrollHeight));
  await expect(rows.getByRole("rowheader", { name: "10000", exact: true })).toBeVisible();
  expect(await rows.getByRole("row").count()).toBeLessThan(60);
});

test("names are completed and inserted, and SQL becomes a feature group", async ({ page }) => {
  const sql = await open(page);
  await sql.fill("SELECT origin AS airport, date AS seen, delay FROM fli");
  await sql.press("End");
  await sql.pressSequentially("g");
  await page.getByRole("option", { name: "flights", exact: true }).click();
  await expect(sql).toHaveText("SELECT origin AS airport, date AS seen, delay FROM flights");
  await page.locator("summary", { hasText: /^airports/ }).click();
  await page.getByRole("button", { name: "Insert airports" }).click();
  await expect(sql).toHaveText(/FROM flightsairports$/);
  await sql.fill("SELECT origin AS airport, date AS seen, delay FROM flights");
  await page.getByRole("button", { name: "Save as feature group" }).click();
  await expect(page).toHaveURL(/\/feature-groups\/new\?step=sql/);
  await expect(page.getByRole("textbox", { name: "SQL", exact: true })).toHaveText(/FROM flights$/);
  await expect(page.getByRole("region", { name: "Rows of SQL" })).toBeVisible();
});
