import { type APIResponse, type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";

const GROUP = "story_delay";

/** Everything of the story is its own, so that it changes nothing that the other tests look at. */
const DEFINITION = {
  path: "story.yaml",
  text: `
kind: entity
name: story_airport
description: An airport of the story.
joinKeys: [{ name: airport, type: STRING }]
---
kind: source
name: story_readings
description: Delays at two airports over four days.
eventTime: seen_at
sql: >-
  SELECT CASE WHEN i % 2 = 0 THEN 'ATL' ELSE 'LAX' END AS airport, TIMESTAMP '2001-06-01' + INTERVAL 1 HOUR * i AS seen_at,
  (i * 7 % 40)::DOUBLE AS delay FROM range(96) t(i)
---
kind: feature_group
name: ${GROUP}
description: Delays of the story.
owner: story-team
entity: story_airport
eventTime: seen_at
sql: SELECT airport, seen_at, delay AS delay_minutes, delay > 15 AS is_late FROM story_readings
features:
  - { name: delay_minutes, type: FLOAT64, unit: min, description: Delay of one departure. }
  - { name: is_late, type: BOOL, description: Whether it left more than a quarter of an hour late. }
---
kind: feature_view
name: story_view
description: What the story's model reads.
owner: story-models
joins: [{ group: ${GROUP}, features: [delay_minutes] }]
`,
};

let engineer: BrowserContext;
let steward: BrowserContext;
let admin: BrowserContext;
let origin: string;

type Persona = "admin" | "steward" | "engineer";

async function browserOf(browser: Browser, persona: Persona): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: origin });
  await context.addCookies([{ name: "larder_demo", value: persona, url: origin }]);
  return context;
}

/** What the page of this site would send: with its cookies, and saying where it comes from. */
function post(context: BrowserContext, path: string, data: unknown): Promise<APIResponse> {
  return context.request.post(`/api/v1${path}`, { data, headers: { origin } });
}

/** Proves that a page was never loaded again: what is set on its window would be gone. */
async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { neverLoadedAgain: true }));
}
async function expectNeverLoadedAgain(page: Page): Promise<void> {
  expect(await page.evaluate(() => "neverLoadedAgain" in window)).toBe(true);
}

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser, baseURL }) => {
  origin = baseURL ?? "";
  engineer = await browserOf(browser, "engineer");
  steward = await browserOf(browser, "steward");
  admin = await browserOf(browser, "admin");
  const applied = await post(engineer, "/definitions/apply", { files: [DEFINITION] });
  expect(applied.status(), await applied.text()).toBe(200);
  const refreshed = await post(engineer, "/refresh", { groups: [GROUP] });
  const { run } = await refreshed.json();
  const state = async (): Promise<string> =>
    (await (await engineer.request.get(`/api/v1/runs/${run.id}`)).json()).state;
  await expect.poll(state, { timeout: 45_000 }).toBe("SUCCEEDED");
});

test.afterAll(async () => {
  for (const context of [engineer, steward, admin]) await context?.close();
});

test("one asks, another approves, and every open page tells at once", async () => {
  const page = await engineer.newPage();
  await page.goto(`/feature-groups/${GROUP}`);
  const status = page.getByRole("row", { name: /delay_minutes/ });
  await expect(status).toContainText("Draft");

  await page.getByRole("button", { name: "Request activation" }).click();
  const dialog = page.getByRole("dialog", { name: `Activate features of ${GROUP}` });
  await expect(dialog.getByText("delay_minutes, is_late")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "story_view" })).toBeVisible();
  await expect(dialog.getByText("story-models")).toBeVisible();
  const send = dialog.getByRole("button", { name: "Request activation" });
  await send.click();
  await expect(dialog.getByText("Whoever decides needs to know why")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("The model of the story needs them.");
  await send.click();
  await expect(dialog).toBeHidden();
  const link = page.getByRole("link", { name: /Change request #\d+ to ACTIVE/ });
  await expect(link).toBeVisible();
  await expect(page.getByRole("button", { name: "Request activation" })).toBeHidden();
  const number = Number(/#(\d+)/.exec((await link.textContent()) ?? "")?.[1]);

  // The requester finds no way to approve, in the page or past it.
  const request = await engineer.newPage();
  await request.goto(`/change-requests/${number}`);
  await expect(request.getByRole("heading", { level: 1, name: `Activate 2 features of ${GROUP}` })).toBeVisible();
  await expect(request.getByText("You made this request; somebody else decides.")).toBeVisible();
  await expect(request.getByRole("button", { name: "Withdraw" })).toBeVisible();
  await expect(request.getByRole("button", { name: /approve|reject/i })).toHaveCount(0);
  const tried = await post(engineer, `/change-requests/${number}/approve`, {});
  expect(tried.status()).toBe(403);
  await Promise.all([mark(page), mark(request)]);

  const inbox = await steward.newPage();
  await inbox.goto("/change-requests");
  await expect(inbox.getByRole("link", { name: /To decide/ })).toHaveAttribute("aria-current", "page");
  await inbox.getByRole("link", { name: `#${number} Activate 2 features of ${GROUP}` }).click();
  await expect(inbox.getByText("The model of the story needs them.")).toBeVisible();
  await expect(inbox.getByRole("link", { name: "story_view" })).toBeVisible();
  await expect(inbox.getByText("all of it is new")).toBeVisible();
  await expect(inbox.getByRole("region", { name: `${GROUP}.yaml` })).toContainText("Delays of the story.");
  await expect(inbox.getByRole("region", { name: "Statistics before and after" })).toContainText("delay_minutes");
  const open = await steward.newPage();
  await open.goto(`/features/${encodeURIComponent(`${GROUP}:delay_minutes`)}`);
  await mark(open);
  await inbox.getByRole("textbox", { name: "Comment" }).fill("As it should be.");
  await inbox.getByRole("button", { name: "Approve" }).click();

  await expect(inbox.getByText("Approved and applied: the features are ACTIVE now.")).toBeVisible();
  await expect(status).toContainText("Active");
  await expect(link).toBeHidden();
  await expect(request.getByText("As it should be.")).toBeVisible();
  await expect(request.getByRole("button", { name: "Withdraw" })).toBeHidden();
  await expect(open.getByText("Active", { exact: true }).first()).toBeVisible();
  for (const one of [page, request, open]) await expectNeverLoadedAgain(one);

  const audited = await steward.request.get("/api/v1/audit-events?limit=50");
  expect(audited.status()).toBe(200);
  const events: { action: string; resource: string; outcome: string }[] = (await audited.json()).items;
  const told = events.map((event) => `${event.outcome} ${event.action} ${event.resource}`);
  for (const act of [
    `allowed change.request change_request:${number}`,
    `allowed change.approve change_request:${number}`,
    `allowed feature.status feature:${GROUP}:delay_minutes`,
    `allowed feature.status feature:${GROUP}:is_late`,
  ])
    expect(told).toContain(act);
  expect(told.some((event) => event.startsWith("denied change.decide"))).toBe(true);
});

test("a deprecation says why, until when and what to use instead; its requester cannot approve it, steward or not", async () => {
  const page = await steward.newPage();
  await page.goto(`/features/${encodeURIComponent(`${GROUP}:delay_minutes`)}`);
  await page.getByRole("button", { name: "Deprecate…" }).click();
  const dialog = page.getByRole("dialog", { name: "Deprecate delay_minutes" });
  await dialog.getByRole("textbox", { name: "Note to its readers" }).fill("Counts only departures that left.");
  await dialog.getByLabel("May be retired from").fill("2099-12-31");
  await dialog.getByLabel("Use instead").fill("mean_delay_24h");
  await page.getByRole("option", { name: "airport_traffic:mean_delay_24h" }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("There is a better one.");
  await dialog.getByRole("button", { name: "Request deprecation" }).click();
  const link = page.getByRole("link", { name: /Change request #\d+ to DEPRECATED/ });
  await expect(link).toBeVisible();
  await mark(page);
  const number = Number(/#(\d+)/.exec((await link.textContent()) ?? "")?.[1]);

  const own = await steward.newPage();
  await own.goto(`/change-requests/${number}`);
  await expect(own.getByText("You made this request; somebody else decides.")).toBeVisible();
  await expect(own.getByRole("button", { name: /approve|reject/i })).toHaveCount(0);
  expect((await post(steward, `/change-requests/${number}/approve`, {})).status()).toBe(403);

  expect((await post(admin, `/change-requests/${number}/approve`, {})).status()).toBe(200);
  const notice = page.getByRole("note", { name: "Deprecated" });
  await expect(notice).toContainText("Counts only departures that left.");
  await expect(notice).toContainText("31 Dec 2099");
  await expect(notice.getByRole("link", { name: "airport_traffic:mean_delay_24h" })).toBeVisible();
  await expectNeverLoadedAgain(page);
});

test("what a view reads cannot be retired, and the refusal names the view", async () => {
  const page = await engineer.newPage();
  await page.goto(`/features/${encodeURIComponent(`${GROUP}:delay_minutes`)}`);
  await page.getByRole("button", { name: "Change status" }).click();
  await page.getByRole("menuitem", { name: "Retire…" }).click();
  const dialog = page.getByRole("dialog", { name: "Retire delay_minutes" });
  await expect(dialog.getByRole("alert")).toContainText(`${GROUP}:delay_minutes is read by feature view story_view`);
  await expect(dialog.getByRole("alert").getByRole("link", { name: "story_view" })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Request retirement" })).toBeDisabled();

  const past = await post(engineer, "/change-requests", {
    group: GROUP,
    features: ["delay_minutes"],
    targetStatus: "RETIRED",
    reason: "Away with it",
  });
  expect(past.status()).toBe(409);
  expect((await past.json()).detail).toContain("feature view story_view");
});
