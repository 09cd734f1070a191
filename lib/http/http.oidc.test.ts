import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashSecret, newSecret } from "@/lib/access/secret";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { CLIENT, startProvider, type TestProvider } from "@/lib/testing/openid-provider";
import { countAllRows } from "@/lib/testing/runs";
import type { AppOptions } from "./app-options";
import { expectProblem, type Received } from "./test-app";
import { addUser, type Browser, signInAs, testSite } from "./test-browser";

const CALLBACK = "http://localhost/api/v1/auth/oidc/callback";

let ctx: TestContext;
let provider: TestProvider;
let newBrowser: () => Browser;
let count = 0;

const optionsFor = (started: TestProvider): Partial<AppOptions> => ({
  oidc: { issuer: started.issuer, ...CLIENT, name: "Example" },
});

beforeAll(async () => {
  ctx = await makeContext();
  provider = await startProvider(CALLBACK);
  newBrowser = testSite(ctx, optionsFor(provider)).newBrowser;
});
afterAll(async () => {
  await provider.close();
  await closeContexts();
});

/** Somebody new, whom the provider knows. */
function known(claims: { email_verified?: boolean | string; email?: string; name?: string } = {}): {
  sub: string;
  email: string;
} {
  const sub = `subject-${++count}`;
  const email = claims.email ?? `person${count}@example.org`;
  provider.accounts.set(sub, { sub, email_verified: true, name: "Mary Somerville", ...claims, email });
  return { sub, email };
}

async function invite(email: string | null, more: { role?: string; expiresAt?: Date } = {}): Promise<string> {
  const id = newId("inv");
  const createdAt = ctx.clock.now();
  await ctx.db.invitation.create({
    data: {
      id,
      kind: "join",
      hash: hashSecret(newSecret("lin")),
      projectId: ctx.project.id,
      role: more.role ?? "engineer",
      email,
      createdBy: "system",
      createdAt,
      expiresAt: more.expiresAt ?? new Date(createdAt.getTime() + 3_600_000),
    },
  });
  return id;
}

const locationOf = (answer: Received): string => {
  expect(answer.status, answer.text).toBe(302);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  return answer.headers.get("location") ?? "";
};
const pathOf = (url: string): string => `${new URL(url).pathname}${new URL(url).search}`;

/** All the way: from our start to the provider, there as `sub`, and back. Answers where the browser ends. */
async function signInThere(browser: Browser, sub: string, query = ""): Promise<string> {
  const away = locationOf(await browser.send(`/auth/oidc/start${query}`));
  const back = await provider.authorize(away, sub);
  return locationOf(await browser.send(pathOf(back)));
}

describe("who is invited", () => {
  test("gets an account and the membership, and is known from then on", async () => {
    const mary = known();
    const id = await invite(mary.email, { role: "steward" });
    provider.accounts.set(mary.sub, {
      sub: mary.sub,
      email: mary.email.toUpperCase(),
      email_verified: true,
      name: "Mary Somerville",
    });
    const browser = newBrowser();
    expect(await signInThere(browser, mary.sub, "?next=/features%3Ftab%3Dall")).toBe("/features?tab=all");
    const me = (await browser.send("/me")).json;
    expect(me).toMatchObject({
      user: { email: mary.email, name: "Mary Somerville", hasPassword: false, instanceAdmin: false },
      project: { role: "steward" },
    });
    expect(await ctx.db.invitation.findUnique({ where: { id } })).toMatchObject({ usedAt: ctx.clock.now() });
    expect([...browser.cookies.keys()]).toEqual(["larder_session"]);

    // The address at the provider may change: issuer and subject say who it is.
    provider.accounts.set(mary.sub, { sub: mary.sub, email: "new@example.org", email_verified: true });
    const again = newBrowser();
    expect(await signInThere(again, mary.sub)).toBe("/");
    expect((await again.send("/me")).json.user).toEqual(me.user);
    const rows = await ctx.db.auditEvent.findMany({
      where: { actorId: (me.user as { id: string }).id },
      orderBy: { sequence: "asc" },
    });
    expect(rows.map(({ action }) => action)).toEqual([
      "user.create",
      "identity.link",
      "link.use",
      "member.add",
      "session.start",
      "session.start",
    ]);
  });

  test("joins every project that invited them", async () => {
    const mary = known({ name: "\u202e" });
    await invite(mary.email, { role: "viewer" });
    await invite(mary.email, { role: "scientist" });
    const browser = newBrowser();
    expect(await signInThere(browser, mary.sub)).toBe("/");
    expect((await browser.send("/me")).json).toMatchObject({
      user: { name: mary.email.split("@")[0] },
      project: { role: "scientist" },
    });
    expect(await ctx.db.invitation.count({ where: { email: mary.email, usedAt: null } })).toBe(0);
  });

  test("is let in when the provider writes email_verified as text", async () => {
    const mary = known({ email_verified: "true" });
    await invite(mary.email);
    expect(await signInThere(newBrowser(), mary.sub)).toBe("/");
  });
});

describe("is sent back to the sign-in page, and nothing is made:", () => {
  const refused = async (sub: string, code: string): Promise<void> => {
    const before = await countAllRows(ctx.db);
    const browser = newBrowser();
    expect(await signInThere(browser, sub)).toBe(`/sign-in?error=${code}`);
    expect(browser.cookies.size).toBe(0);
    const after = await countAllRows(ctx.db);
    // The refusal itself is in the audit log.
    expect(after).toEqual({ ...before, '"AuditEvent"': (before['"AuditEvent"'] ?? 0) + 1 });
    const last = await ctx.db.auditEvent.findFirst({ orderBy: { sequence: "desc" } });
    expect(last).toMatchObject({ action: "session.start", outcome: "failed", after: { how: "oidc", reason: code } });
  };

  test("who was not invited", () => refused(known().sub, "not_invited"));

  test("whose invitation names nobody, or has expired", async () => {
    const mary = known();
    await invite(null);
    await invite(mary.email, { expiresAt: ctx.clock.now() });
    await refused(mary.sub, "not_invited");
  });

  test.each([[false], [undefined], ["false"], ["yes"]])(
    "whose address the provider has not verified: %j",
    async (email_verified) => {
      const mary = known();
      provider.accounts.set(mary.sub, {
        sub: mary.sub,
        email: mary.email,
        ...(email_verified === undefined ? {} : { email_verified }),
      });
      await invite(mary.email);
      await refused(mary.sub, "email_not_verified");
    },
  );

  test("who has an account already, which an address alone does not open", async () => {
    const mary = known();
    await addUser(ctx, { email: mary.email, role: "admin" });
    await refused(mary.sub, "not_invited");
    await invite(mary.email);
    await refused(mary.sub, "account_exists");
  });

  test("who is disabled", async () => {
    const mary = known();
    await invite(mary.email);
    await signInThere(newBrowser(), mary.sub);
    await ctx.db.user.update({ where: { email: mary.email }, data: { disabledAt: ctx.clock.now() } });
    await refused(mary.sub, "disabled");
  });
});

describe("an identity added from the account page", () => {
  test("signs in to that account, whatever its address", async () => {
    const user = await addUser(ctx, { email: `local${++count}@example.org`, role: "engineer" });
    const mary = known();
    const browser = newBrowser();
    const session = await signInAs(browser, user.email);
    expect(await signInThere(browser, mary.sub, "?link=1")).toBe("/account");
    expect(browser.cookies.get("larder_session")).toBe(session);
    const other = newBrowser();
    expect(await signInThere(other, mary.sub)).toBe("/");
    expect((await other.send("/me")).json).toMatchObject({ user: { id: user.id, hasPassword: true } });
  });

  test("cannot be somebody else's", async () => {
    const mary = known();
    await invite(mary.email);
    await signInThere(newBrowser(), mary.sub);
    const user = await addUser(ctx, { email: `local${++count}@example.org` });
    const browser = newBrowser();
    await signInAs(browser, user.email);
    expect(await signInThere(browser, mary.sub, "?link=1")).toBe("/account?error=already_linked");
    expect(await ctx.db.identity.count({ where: { userId: user.id } })).toBe(0);
  });

  test("needs a session at the beginning, and the same one at the end", async () => {
    const anonymous = await newBrowser().send("/auth/oidc/start?link=1");
    expect(locationOf(anonymous)).toBe("/sign-in?next=%2Faccount");
    const user = await addUser(ctx, { email: `local${++count}@example.org` });
    const other = await addUser(ctx, { email: `other${count}@example.org` });
    const browser = newBrowser();
    await signInAs(browser, user.email);
    const away = locationOf(await browser.send("/auth/oidc/start?link=1"));
    const back = await provider.authorize(away, known().sub);
    await signInAs(browser, other.email);
    expect(locationOf(await browser.send(pathOf(back)))).toBe("/account?error=session_ended");
    expect(await ctx.db.identity.count({ where: { userId: { in: [user.id, other.id] } } })).toBe(0);
  });

  test("is not begun by a foreign page, which may have signed the provider in as itself", async () => {
    const browser = newBrowser();
    await signInAs(browser, (await addUser(ctx, { email: `local${++count}@example.org` })).email);
    for (const site of ["cross-site", "same-site", "none"])
      expectProblem(
        await browser.send("/auth/oidc/start?link=1", { headers: { "sec-fetch-site": site } }),
        403,
        "csrf_rejected",
      );
  });
});

describe("what comes back", () => {
  const failed = "/sign-in?error=provider_error";

  test("counts once, in the browser that left, and as it was sent", async () => {
    const mary = known();
    await invite(mary.email);
    const browser = newBrowser();
    const back = pathOf(await provider.authorize(locationOf(await browser.send("/auth/oidc/start")), mary.sub));
    // In a browser that never left, with another state, without a code, or under another issuer's name.
    expect(locationOf(await newBrowser().send(back))).toBe(failed);
    const attempt = async (path: string): Promise<string> => {
      const left = newBrowser();
      for (const [name, value] of browser.cookies) left.cookies.set(name, value);
      return locationOf(await left.send(path));
    };
    expect(await attempt(back.replace(/state=[^&]+/, "state=planted"))).toBe(failed);
    expect(await attempt(back.replace(/code=[^&]+/, "code=planted"))).toBe(failed);
    expect(await attempt(back.replace(/iss=[^&]+/, "iss=https%3A%2F%2Fevil.example"))).toBe(failed);
    expect(await attempt("/api/v1/auth/oidc/callback")).toBe(failed);
  });

  test("cannot be used again, nor in a browser that left for another answer", async () => {
    const mary = known();
    await invite(mary.email);
    const browser = newBrowser();
    const back = pathOf(await provider.authorize(locationOf(await browser.send("/auth/oidc/start")), mary.sub));
    const kept = new Map(browser.cookies);
    expect(locationOf(await browser.send(back))).toBe("/");
    const again = newBrowser();
    for (const [name, value] of kept) again.cookies.set(name, value);
    expect(locationOf(await again.send(back))).toBe(failed);
    expect(again.cookies.size).toBe(0);

    const [one, two] = [newBrowser(), newBrowser()];
    const first = pathOf(await provider.authorize(locationOf(await one.send("/auth/oidc/start")), mary.sub));
    await two.send("/auth/oidc/start");
    expect(locationOf(await two.send(first))).toBe(failed);
  });

  test.each(["state", "nonce", "verifier"])("is worth nothing with another %s than it left with", async (field) => {
    const mary = known();
    await invite(mary.email);
    const browser = newBrowser();
    const back = pathOf(await provider.authorize(locationOf(await browser.send("/auth/oidc/start")), mary.sub));
    const away = JSON.parse(Buffer.from(browser.cookies.get("larder_oidc") ?? "", "base64url").toString());
    expect(away[field]).toMatch(/^.{40,}$/);
    const changed = { ...away, [field]: `${away[field]}`.split("").reverse().join("") };
    browser.cookies.set("larder_oidc", Buffer.from(JSON.stringify(changed)).toString("base64url"));
    expect(locationOf(await browser.send(back))).toBe(failed);
    expect(await ctx.db.user.count({ where: { email: mary.email } })).toBe(0);
  });

  test("may be that they changed their mind", async () => {
    const browser = newBrowser();
    const back = await provider.cancel(locationOf(await browser.send("/auth/oidc/start")));
    expect(new URL(back).searchParams.get("error")).toBe("access_denied");
    expect(locationOf(await browser.send(pathOf(back)))).toBe(failed);
  });

  test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "/api/v1/auth/oidc/start?link=1"])(
    "never leads to %s",
    async (next) => {
      const mary = known();
      await invite(mary.email);
      expect(await signInThere(newBrowser(), mary.sub, `?next=${encodeURIComponent(next)}`)).toBe("/");
    },
  );

  test("a cookie that somebody wrote themselves is no way in", async () => {
    for (const value of ["", "e30", "not base64 at all", Buffer.from('{"state":{}}').toString("base64url")]) {
      const browser = newBrowser();
      browser.cookies.set("larder_oidc", value);
      expect(locationOf(await browser.send("/auth/oidc/callback?code=x&state=y"))).toBe(failed);
    }
  });
});

describe("the way to the provider", () => {
  test("has a state, a nonce, a challenge and our own address, and keeps the rest in a short-lived cookie", async () => {
    const answer = await newBrowser().send("/auth/oidc/start", { headers: { "x-forwarded-host": "evil.example" } });
    const url = new URL(locationOf(answer));
    expect(url.origin).toBe(provider.issuer);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT.clientId,
      response_type: "code",
      redirect_uri: CALLBACK,
      scope: "openid email profile",
      code_challenge_method: "S256",
      state: expect.stringMatching(/^.{40,}$/),
      nonce: expect.stringMatching(/^.{40,}$/),
      code_challenge: expect.stringMatching(/^.{40,}$/),
    });
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^larder_oidc=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
  });

  test("names the address that people reach the server at, and binds the cookie to it", async () => {
    const site = testSite(ctx, {
      ...optionsFor(provider),
      door: { demo: false, secure: true },
      publicUrl: "https://features.example",
    });
    const answer = await site.newBrowser().send("/auth/oidc/start");
    expect(new URL(locationOf(answer)).searchParams.get("redirect_uri")).toBe(
      "https://features.example/api/v1/auth/oidc/callback",
    );
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-larder_oidc=.*; Secure$/);
  });

  test.each(["client_secret_post", "none"] as const)("works where the client is known by %s", async (method) => {
    const other = await startProvider(CALLBACK, method);
    try {
      const oidc = {
        issuer: other.issuer,
        ...CLIENT,
        ...(method === "none" ? { clientSecret: null } : {}),
        name: "Other",
      };
      const browser = testSite(ctx, { oidc }).newBrowser();
      const mary = known();
      other.accounts.set(mary.sub, { sub: mary.sub, email: mary.email, email_verified: true });
      await invite(mary.email);
      const back = await other.authorize(locationOf(await browser.send("/auth/oidc/start")), mary.sub);
      expect(locationOf(await browser.send(pathOf(back)))).toBe("/");
      expect((await browser.send("/me")).status).toBe(200);
    } finally {
      await other.close();
    }
  });

  test("leads back when the provider is down", async () => {
    const gone = await startProvider(CALLBACK);
    await gone.close();
    const browser = testSite(ctx, optionsFor(gone)).newBrowser();
    expect(locationOf(await browser.send("/auth/oidc/start"))).toBe("/sign-in?error=provider_error");
    expect(browser.cookies.size).toBe(0);
  });

  test("is never plain http to another machine", async () => {
    const oidc = { issuer: "http://provider.example", ...CLIENT, name: "Plain" };
    const browser = testSite(ctx, { oidc }).newBrowser();
    expect(locationOf(await browser.send("/auth/oidc/start"))).toBe("/sign-in?error=provider_error");
  });

  test("is not there without a provider", async () => {
    for (const path of ["/auth/oidc/start", "/auth/oidc/callback"])
      expectProblem(await testSite(ctx).newBrowser().send(path), 404, "not_found");
    const posted = await newBrowser().send("/auth/oidc/start", { method: "POST" });
    expectProblem(posted, 405, "method_not_allowed");
    expect(posted.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  });
});
