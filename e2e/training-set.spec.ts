import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";

const stamp = Date.now();
const set = `labels_${stamp}`;

async function continueTo(page: Page, heading: string): Promise<void> {
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: heading })).toBeVisible();
}

/** Rows whose label is a feature in another form: what a careful product finds. */
async function leakingCsv(page: Page): Promise<string> {
  const query = "start=2001-02-01T00:00:00Z&order=asc&limit=200";
  const answer = await page.request.get(`/api/v1/feature-groups/airport_traffic/rows?${query}`);
  expect(answer.status(), await answer.text()).toBe(200);
  const { columns, rows } = (await answer.json()) as { columns: { name: string }[]; rows: unknown[][] };
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const [airport, time, delay] = [at("airport"), at("event_timestamp"), at("mean_delay_24h")];
  const lines = rows.map((row) => {
    const later = new Date(Date.parse(String(row[time])) + 60_000).toISOString();
    return [row[airport], later, Number(row[delay]) * 2 + 1].join(",");
  });
  return ["airport,event_timestamp,label", ...lines, ""].join("\n");
}

test("labels are uploaded, a leak is seen and removed, the set is built, downloaded and verified", async ({ page }) => {
  test.setTimeout(150_000);
  const csv = await leakingCsv(page);
  await page.goto("/training-sets");
  await page.getByRole("link", { name: "New training set" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "New training set" })).toBeVisible();

  await page
    .locator("input[type=file]")
    .setInputFiles({ name: `labels ${stamp}.csv`, mimeType: "text/csv", buffer: Buffer.from(csv) });
  await expect(page.getByText(`labels ${stamp}.csv, 200 rows`)).toBeVisible();
  await expect(page.getByRole("region", { name: "First rows" }).getByRole("row")).toHaveCount(21);
  await expect(page.locator("dl").filter({ hasText: "Keys recognised" })).toContainText("airport");
  await expect(page.locator("input[value=event_timestamp]").first()).toBeVisible();

  await continueTo(page, "Which features are joined to them?");
  await expect(page).toHaveURL(/step=features/);
  await page.getByText("Picked by hand", { exact: true }).click();
  await page.getByRole("textbox", { name: "Find features" }).fill("airport_traffic");
  await page.getByRole("button", { name: "Add airport_traffic:mean_delay_24h" }).click();
  await page.getByRole("button", { name: "Add airport_traffic:departures_1h" }).click();
  const columns = page.getByRole("list").filter({ hasText: "departures_1h" }).last();
  await expect(columns).toContainText("mean_delay_24h");

  // A group that is joined twice would give each name twice, which is said at once.
  await page.getByRole("button", { name: "Join airport_traffic again" }).click();
  await page.getByRole("textbox", { name: "Prefix" }).last().fill("");
  await expect(page.getByRole("alert").filter({ hasText: "Two columns would have the same name" })).toBeVisible();
  await page.getByRole("button", { name: "Remove airport_traffic", exact: true }).last().click();
  await expect(page.getByText("Two columns would have the same name")).toBeHidden();

  await continueTo(page, "Is it what you expect?");
  const warning = page.getByRole("listitem").filter({ hasText: "This may be the label itself" });
  await expect(warning).toContainText("mean_delay_24h");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Decide about the warning first")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Is it what you expect?" })).toBeVisible();
  await page.getByRole("button", { name: "Remove this feature: mean_delay_24h" }).click();
  await expect(warning).toBeHidden();
  await expect(page.getByText("All rows were looked at.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Null shares by column" }).getByRole("row")).toHaveCount(5);

  await continueTo(page, "How is it built?");
  await page.getByRole("radio", { name: "At random, by key" }).check();
  await page.getByRole("button", { name: "Remove part 2" }).click();
  await expect(page.getByText("The shares add up to 85 %")).toBeVisible();
  await page.getByRole("textbox", { name: "Share of part 1, %" }).fill("85");
  await expect(page.getByText("The shares add up to 100 %.")).toBeVisible();
  await expect(page.getByText("Of 200 rows that were looked at:")).toBeVisible();

  await page.goBack();
  await expect(page.getByRole("heading", { name: "Is it what you expect?" })).toBeVisible();
  await page.goForward();
  await continueTo(page, "Name it and build it");
  await page.getByRole("textbox", { name: "Name" }).fill("Not A Name");
  await page.getByRole("button", { name: "Build training set" }).click();
  await expect(page.getByText(/A name must start with a letter/)).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill(set);
  await page.getByRole("button", { name: "Build training set" }).click();
  await expect(page).toHaveURL(new RegExp(`/training-sets/${set}$`));

  const download = page.getByRole("link", { name: "Download Parquet" });
  await expect(page.getByRole("progressbar").or(download).first()).toBeVisible();
  await expect(download).toBeVisible({ timeout: 45_000 });
  await expect(page.getByRole("region", { name: "Columns" }).getByRole("row", { name: /departures_1h/ })).toBeVisible();
  await expect(page.getByRole("region", { name: `First rows of ${set}` }).getByRole("row")).toHaveCount(51);
  const [file] = await Promise.all([page.waitForEvent("download"), download.click()]);
  const bytes = readFileSync(await file.path());
  expect(bytes.subarray(0, 4).toString()).toBe("PAR1");
  expect(bytes.subarray(-4).toString()).toBe("PAR1");

  await page.getByRole("link", { name: "Use it", exact: true }).click();
  const [part] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download test as CSV" }).click(),
  ]);
  expect(part.suggestedFilename()).toBe(`${set}-test.csv`);
  const lines = readFileSync(await part.path(), "utf8")
    .trim()
    .split(/\r?\n/);
  expect(lines[0]).toBe("airport,event_timestamp,label,departures_1h,split");
  expect(lines.slice(1).every((line) => line.endsWith(",test"))).toBe(true);

  await page.getByRole("link", { name: "Manifest", exact: true }).click();
  await page.getByRole("button", { name: "Rebuild and verify" }).click();
  const verdict = page.getByRole("region", { name: "Result of the verification" });
  await expect(verdict).toContainText("Matches", { timeout: 45_000 });
  const { manifest } = await (await page.request.get(`/api/v1/training-sets/${set}`)).json();
  await expect(verdict.getByText(manifest.contentSha256)).toHaveCount(2);
  await page.reload();
  await expect(verdict).toContainText("Matches");
});

test("a view begins a draft of its own, with its rows, and can be taken apart", async ({ page }) => {
  await page.goto("/feature-views/flight_delay_v1");
  await page.getByRole("link", { name: "Build training set" }).click();
  await expect(page.getByRole("tab", { name: "From a view" })).toHaveAttribute("aria-selected", "true");
  await expect(page.locator("dl").filter({ hasText: "Keys recognised" })).toBeVisible({ timeout: 30_000 });
  await continueTo(page, "Which features are joined to them?");
  await page.getByRole("button", { name: "Leave some out" }).click();
  await expect(page.getByRole("region", { name: /^Features of airport_traffic/ }).first()).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Which rows is the set for?" })).toBeVisible();
});

test("rows that cannot be read say why, and lead nowhere", async ({ page }) => {
  await page.goto("/training-sets/new");
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("nothing") });
  await expect(page.getByRole("alert").filter({ hasText: "notes.txt is none of .csv" })).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Upload the rows first")).toBeVisible();
  await page.goto("/training-sets/new?step=build");
  await expect(page.getByRole("heading", { name: "Which rows is the set for?" })).toBeVisible();
});

test("a scientist writes SQL for the rows, or takes those of a group", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "larder_demo", value: "scientist", url: baseURL ?? "" }]);
  await page.goto("/training-sets/new");
  await page.getByRole("tab", { name: "SQL" }).click();
  await page.getByRole("textbox", { name: "SQL", exact: true }).click();
  await page.keyboard.type("SELECT nothing FROM nowhere");
  await expect(page.getByText("This cannot run")).toBeVisible();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(
    "SELECT airport, event_timestamp AS seen, departures_1h AS y FROM airport_traffic LIMIT 500",
  );
  await page.keyboard.press("Control+Enter");
  const found = page.locator("dl").filter({ hasText: "Keys recognised" });
  await expect(found).toContainText("airport");
  await expect(found).toContainText("500");
  await continueTo(page, "Which features are joined to them?");
  await page.goBack();
  await expect(found).toContainText("500");

  await page.getByRole("tab", { name: "Feature group" }).click();
  await page.getByRole("combobox", { name: "Feature group" }).click();
  await page.getByRole("option", { name: "airport_traffic" }).click();
  await page.getByLabel("From (UTC)").fill("2001-02-01T00:00");
  await page.getByLabel("Until (UTC)").fill("2001-02-02T00:00");
  await expect(found).toContainText("5,530");
  await page.getByRole("combobox", { name: "Label" }).click();
  await page.getByRole("option", { name: "departures_1h" }).click();
  await continueTo(page, "Which features are joined to them?");
  await page.getByText("Picked by hand", { exact: true }).click();
  await page.getByRole("button", { name: "Add airport_profile:state" }).click();
  await continueTo(page, "Is it what you expect?");
  await expect(page.getByRole("region", { name: "Null shares by column" }).getByRole("row")).toHaveCount(5);
});

test("a viewer finds no way to build, in the pages or past them", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "larder_demo", value: "viewer", url: baseURL ?? "" }]);
  await page.goto("/training-sets");
  await expect(page.getByRole("heading", { level: 1, name: "Training sets" })).toBeVisible();
  await expect(page.getByRole("link", { name: "New training set" })).toHaveCount(0);
  await page.goto("/training-sets/new");
  await expect(page.getByText("Your role does not include this page")).toBeVisible();
});

test("a run tells what it did", async ({ page }) => {
  await page.goto("/runs?kind=refresh");
  await page.getByRole("region", { name: "Runs" }).getByRole("link").last().click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  const run = page.getByRole("region", { name: /Recompute/ });
  await expect(run.getByRole("listitem").filter({ hasText: "Compute airport_traffic" })).toContainText("done");
});
