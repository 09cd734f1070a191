import { type APIRequestContext, expect, type Page, test } from "@playwright/test";

// One story, in order: what a later step reads, an earlier one has made.
test.describe.configure({ mode: "serial" });

const stamp = Date.now();
const source = `till_${stamp}`;
const group = `takings_${stamp}`;
const shop = `shop_${stamp}`;
const csv = [
  `Shop ${stamp} ID,seen,Net Sales,visitors`,
  "1,2024-01-01 10:00:00,10.5,3",
  "2,2024-01-01 11:00:00,,4",
  "",
].join("\n");

test.beforeEach(async ({ context, baseURL }) => {
  await context.addCookies([{ name: "larder_demo", value: "engineer", url: baseURL ?? "" }]);
});

const asSteward = { headers: { cookie: "larder_demo=steward" } };

async function continueTo(page: Page, heading: string): Promise<void> {
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: heading })).toBeVisible();
}

test("a CSV file becomes a feature group, and the draft survives a reload", async ({ page }) => {
  await page.goto("/feature-groups");
  await page.getByRole("link", { name: "Register a feature group" }).click();
  await page.getByText("A file", { exact: true }).click();
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: `Till ${stamp}.csv`, mimeType: "text/csv", buffer: Buffer.from(csv) });
  await expect(page.getByText("2 rows, 4 columns")).toBeVisible();
  const name = page.getByRole("textbox", { name: "Name of the source" });
  await expect(name).toHaveValue(source);
  await page.getByRole("button", { name: "Register the source" }).click();
  await expect(page.getByText(source, { exact: true }).first()).toBeVisible();

  await continueTo(page, "Which columns, and how are they made?");
  const sql = page.getByRole("textbox", { name: "SQL", exact: true });
  await expect(sql).toHaveText(
    `SELECT\n  "Shop ${stamp} ID" AS ${shop}_id,\n  seen,\n  "Net Sales" AS net_sales,\n  visitors\nFROM ${source}`,
    { useInnerText: true },
  );
  await expect(page.getByRole("region", { name: "Rows of SQL" }).getByRole("row")).toHaveCount(3);
  await sql.press("Control+End");
  await sql.pressSequentially("\nWHERE nothing = 1");
  await sql.press("Control+Enter");
  await expect(page.getByText("This cannot run: line 7")).toBeVisible();
  await page.getByRole("button", { name: "Go to it" }).click();
  await sql.press("Backspace");
  await sql.press("Control+Enter");
  await expect(page.getByRole("region", { name: "Rows of SQL" }).getByRole("row")).toHaveCount(3);
  await expect(page.getByText("2 rows", { exact: true })).toBeVisible();

  await continueTo(page, "What is a row about, and when was it true?");
  await expect(page).toHaveURL(/step=keys/);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Name of the entity" })).toHaveValue(shop);
  await page.getByText("7 days").click();

  await continueTo(page, "What do the columns mean?");
  await page.getByRole("textbox", { name: "Description of net_sales" }).fill("What the till took.");
  await page.getByRole("button", { name: "More of net_sales" }).click();
  await page.getByRole("textbox", { name: "Smallest value of net_sales" }).fill("nought");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Must be a number")).toBeVisible();
  await page.getByRole("textbox", { name: "Smallest value of net_sales" }).fill("0");
  await page.getByRole("checkbox", { name: "visitors" }).uncheck();

  await continueTo(page, "What will be registered");
  await page.getByRole("button", { name: "Check and show the plan" }).click();
  await expect(page.getByText("Give it a name")).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill(group);
  await page.getByRole("button", { name: "Check and show the plan" }).click();
  await expect(page.getByText(`New: entity ${shop}`)).toBeVisible();
  await expect(page.getByText(`New: feature group ${group}`)).toBeVisible();
  await page.getByRole("button", { name: "Create feature group" }).click();
  await expect(page.getByRole("heading", { name: `The feature group ${group} is registered` })).toBeVisible();

  await page.getByRole("button", { name: "Compute now" }).click();
  await expect(page.getByText(/Recompute.*: finished/).first()).toBeVisible({ timeout: 45_000 });
  await page.getByRole("link", { name: "Open the group" }).click();
  await expect(page.getByRole("heading", { level: 1, name: group })).toBeVisible();
  const row = page.getByRole("region", { name: `Features of ${group}` }).getByRole("row", { name: /net_sales/ });
  await expect(row).toContainText("Draft");
});

async function describe(request: APIRequestContext, description: string): Promise<void> {
  const read = await request.get(`/api/v1/feature-groups/${group}/definition`, asSteward);
  const { kind: _, ...definition } = (await read.json()).definition;
  const answer = await request.put(`/api/v1/feature-groups/${group}`, {
    data: { ...definition, description },
    headers: { ...asSteward.headers, "if-match": read.headers().etag ?? "", origin: new URL(read.url()).origin },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

test("a change that somebody else was faster with is chosen field by field", async ({ page, request }) => {
  await page.goto(`/feature-groups/${group}`);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByRole("textbox", { name: "Description", exact: true }).fill("Mine.");
  await page.getByRole("textbox", { name: "Owner", exact: true }).fill("tills");
  await page.getByRole("button", { name: "Review changes" }).click();
  await expect(page.getByText("Words only")).toBeVisible();
  await describe(request, "Theirs.");
  await page.getByRole("button", { name: "Save changes" }).click();

  await expect(page.getByRole("heading", { name: "Somebody else has changed this meanwhile" })).toBeVisible();
  await expect(page.getByText("Demo steward saved revision 2")).toBeVisible();
  await expect(page.getByRole("button", { name: "1 field to choose" })).toBeDisabled();
  const change = page.getByRole("radiogroup", { name: /^description/ });
  await expect(change).toContainText("Theirs.");
  await change.getByRole("radio", { name: "Keep mine" }).check();
  await page.getByRole("button", { name: "Review with these choices" }).click();
  await expect(page.getByText("description changed")).toBeVisible();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL(new RegExp(`/feature-groups/${group}$`));
  await expect(page.getByText("Mine.").first()).toBeVisible();
});

test("one feature is described, and a breaking change says so before it is made", async ({ page }) => {
  await page.goto(`/features/${encodeURIComponent(`${group}:net_sales`)}`);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByRole("textbox", { name: "Unit of net_sales" }).fill("EUR");
  await page.getByRole("button", { name: "Review changes" }).click();
  await expect(page.getByText("feature net_sales: unit changed")).toBeVisible();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("EUR").first()).toBeVisible();

  await page.goto(`/feature-groups/${group}/edit`);
  await expect(page.getByRole("region", { name: "Rows of SQL" }).getByRole("row")).toHaveCount(3);
  await page.getByRole("combobox", { name: "Type of net_sales" }).click();
  await page.getByRole("option", { name: "FLOAT32", exact: true }).click();
  await page.getByRole("button", { name: "Review changes" }).click();
  await expect(page.getByText("Version 2 will stand beside version 1")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save as version 2" })).toBeVisible();
});

test("what is used is not deleted and says by what; then the group goes", async ({ page }) => {
  await page.goto(`/entities/${shop}`);
  await page.getByRole("button", { name: `More for ${shop}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete entity" })).toBeDisabled();
  await dialog.getByRole("textbox", { name: `Type ${shop} to confirm` }).fill(shop);
  await dialog.getByRole("button", { name: "Delete entity" }).click();
  await dialog.getByRole("link", { name: group }).click();
  await expect(page).toHaveURL(new RegExp(`/feature-groups/${group}$`));
  await page.getByRole("button", { name: `More for ${group}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("textbox", { name: `Type ${group} to confirm` }).fill(group);
  await page.getByRole("button", { name: "Delete feature group" }).click();
  await expect(page).toHaveURL(/\/feature-groups$/);
  await page.goto(`/feature-groups/${group}`);
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
});

test("who may not register finds no way to", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "larder_demo", value: "viewer", url: baseURL ?? "" }]);
  await page.goto("/feature-groups");
  await expect(page.getByRole("heading", { level: 1, name: "Feature groups" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Register a feature group" })).toHaveCount(0);
  await page.goto("/entities/airport/edit");
  await expect(page.getByRole("heading", { name: "Your role does not include this page" })).toBeVisible();
  await page.goto("/entities/airport");
  await expect(page.getByRole("heading", { level: 1, name: "airport" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Edit", exact: true })).toHaveCount(0);
});
