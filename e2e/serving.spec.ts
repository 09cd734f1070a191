import { expect, type Page, test } from "@playwright/test";

/** Where the data plane of this server is. */
async function dataPlane(page: Page): Promise<string> {
  const answer = await page.request.get("/api/v1/serving");
  const { processes } = (await answer.json()) as { processes: { name: string; address: string | null }[] };
  const address = processes.find(({ name }) => name === "serving")?.address;
  if (!address) throw new Error("no data plane has reported itself");
  return address;
}

test("who reads a feature from the data plane is seen on the Serving page and on the feature's own", async ({
  page,
}) => {
  test.setTimeout(90_000);
  const address = await dataPlane(page);
  const read = await page.request.post(`${address}/api/v1/features/batch`, {
    data: { entity_ids: ["ATL", "XXX"], features: ["airport_traffic:late_share_24h"] },
  });
  const { results } = (await read.json()) as { results: { features: Record<string, { status: string }> }[] };
  expect(results.map(({ features }) => features["airport_traffic:late_share_24h"]?.status)).toEqual([
    "PRESENT",
    "NOT_FOUND",
  ]);

  await page.goto("/serving");
  await expect(page.getByRole("heading", { name: "Serving", exact: true })).toBeVisible();
  await expect(page.getByRole("row", { name: /Data plane/ })).toContainText("Up");
  await expect(page.getByRole("row", { name: /features by name/ })).toBeVisible();

  await expect(async () => {
    await page.goto("/features/airport_traffic%3Alate_share_24h");
    await expect(page.getByText(/Read by .* in the last 30 days/)).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 45_000 });
});

test("a Feast client reads the same value", async ({ page }) => {
  const address = await dataPlane(page);
  const read = await page.request.post(`${address}/get-online-features`, {
    data: { features: ["airport_traffic:late_share_24h"], entities: { airport: ["ATL"] } },
  });
  const { results, metadata } = (await read.json()) as {
    results: { values: unknown[] }[];
    metadata: { feature_names: string[] };
  };
  expect(metadata.feature_names).toEqual(["airport", "late_share_24h"]);
  const own = await page.request.get(`${address}/api/v1/features/late_share_24h/entity/ATL`);
  expect(results[1]?.values).toEqual([((await own.json()) as { value: number }).value]);
});

test("online is compared with history from the group's page", async ({ page }) => {
  await page.goto("/feature-groups/airport_profile?tab=materialization");
  await expect(page.getByText("Online is at the newest commit.")).toBeVisible();
  await page.getByRole("button", { name: "Check parity" }).click();
  await expect(page).toHaveURL(/run=/);
  await expect(async () => {
    await page.goto("/feature-groups/airport_profile?tab=materialization");
    await expect(page.getByRole("row", { name: /Equal/ }).first()).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 45_000 });
});
