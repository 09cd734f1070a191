import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

const PAGES = [
  "/",
  "/features",
  "/features?q=delay",
  "/features/airport_traffic%3Amean_delay_24h",
  "/feature-groups",
  "/feature-groups/airport_traffic",
  "/entities",
  "/entities/airport",
  "/entities/airport?key=ATL",
  "/entities/airport?key=XXX",
  "/entities/route?key=ATL",
  "/sources",
  "/sources/flights",
  "/sources/labelled_flights",
  "/feature-views",
  "/feature-views/flight_delay_v1",
  "/feature-groups/new",
  "/feature-groups/new?rows=written",
  "/feature-groups/airport_profile/edit",
  "/features/airport_profile%3Astate/edit",
  "/entities/new",
  "/entities/route/edit",
  "/sources/new",
  "/sources/departures/edit",
  "/feature-views/new",
  "/feature-views/flight_delay_v1/edit",
  "/consumers/new",
  "/lineage",
  "/lineage?node=feature_group:airport_traffic&expanded=*",
  "/lineage?view=list&node=feature_view:flight_delay_v1",
  "/training-sets",
  "/training-sets/axe_set",
  "/training-sets/axe_set?tab=manifest",
  "/training-sets/axe_set?tab=use",
  "/training-sets/new",
  "/training-sets/new?view=flight_delay_v1",
  "/sql",
  "/sql#sql=SELECT%201",
  "/snapshots",
  "/snapshots/axe_snapshot",
  "/snapshots/compare",
  "/snapshots/compare?from=snapshot:axe_snapshot&to=airport_traffic",
  "/feature-groups/airport_traffic?tab=commits",
  "/feature-groups/airport_traffic?tab=materialization",
  "/feature-groups/airport_traffic?tab=data&commit=1",
  "/runs",
  "/serving",
  "/schedules",
  "/storage",
  "/consumers",
  "/consumers/delay_model",
  "/change-requests",
  "/change-requests?tab=mine",
  "/change-requests?tab=closed",
  "/change-requests/1",
  "/change-requests/4",
  "/members",
  "/users",
  "/tokens",
  "/audit",
  "/settings",
  "/account",
  "/projects/new",
  "/sign-in",
  "/setup",
  "/no-such-page",
];

test.beforeAll(async ({ request }) => {
  await request.post("/api/v1/snapshots", { data: { name: "axe_snapshot", featureView: "flight_delay_v1" } });
  await request.post("/api/v1/training-sets", { data: { name: "axe_set", view: "flight_delay_v1", rowLimit: 1000 } });
  const state = async (): Promise<string> => (await (await request.get("/api/v1/training-sets/axe_set")).json()).state;
  await expect.poll(state, { timeout: 45_000 }).toBe("READY");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });
    for (const path of PAGES) {
      test(path, async ({ page }) => {
        await page.goto(path);
        await expect(page.getByRole("main").getByRole("heading", { level: 1 }).first()).toBeVisible();
        if (path.startsWith("/lineage") && !path.includes("view=list")) {
          await expect(page.getByRole("button", { name: "Feature group airport_traffic", exact: true })).toBeVisible();
        }
        const { violations } = await new AxeBuilder({ page }).analyze();
        const grave = violations.filter((found) => found.impact === "serious" || found.impact === "critical");
        expect(
          grave.map((found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join("; ")}`),
        ).toEqual([]);
      });
    }
  });
}

for (const width of [360, 1280, 2560]) {
  test(`nothing runs out of the page at ${width} px`, async ({ page }) => {
    // It goes through all of them.
    test.setTimeout(240_000);
    await page.setViewportSize({ width, height: 900 });
    for (const path of PAGES) {
      await page.goto(path);
      await expect(page.getByRole("main").getByRole("heading", { level: 1 }).first()).toBeVisible();
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, path).toBeLessThanOrEqual(0);
    }
  });
}
