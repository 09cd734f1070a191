import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** Somebody the provider knows: what it says of them. */
export type ProviderAccount = { sub: string; email?: string; email_verified?: boolean | string; name?: string };

/** A real OpenID provider on this machine, with the way a browser takes through it. */
export type TestProvider = {
  issuer: string;
  accounts: Map<string, ProviderAccount>;
  /** Signs in as an account at the address that begins a sign-in, and answers where the provider sends the browser then. */
  authorize(url: string, sub: string): Promise<string>;
  /** The same by somebody who presses Cancel. */
  cancel(url: string): Promise<string>;
  close(): Promise<void>;
};

export const CLIENT = { clientId: "larder", clientSecret: "a secret with % and + in it" };

/** Tests only: starts the provider, with one client that knows `redirectUri`. `method`: how the client must prove itself. */
export async function startProvider(
  redirectUri: string,
  method: "client_secret_basic" | "client_secret_post" | "none" = "client_secret_basic",
): Promise<TestProvider> {
  const accounts = new Map<string, ProviderAccount>();
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        ...(method === "none" ? {} : { client_secret: CLIENT.clientSecret }),
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        token_endpoint_auth_method: method,
      },
    ],
    clientAuthMethods: [method],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    pkce: { required: () => true },
    cookies: { keys: ["tests only"] },
    findAccount: (_, sub) => {
      const account = accounts.get(sub);
      return account ? { accountId: sub, claims: async () => account } : undefined;
    },
    features: { devInteractions: { enabled: true } },
  });
  server.on("request", provider.callback());
  const walk = async (url: string, answer: (uid: string, jar: Jar) => Promise<Response>): Promise<string> => {
    const jar: Jar = new Map();
    let at = new URL(url, issuer);
    for (let step = 0; step < 20; step++) {
      const uid = /^\/interaction\/([^/]+)$/.exec(at.pathname)?.[1];
      const response = uid ? await answer(uid, jar) : await visit(at, jar);
      const next = response.headers.get("location");
      if (!next) throw new Error(`the provider answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
      at = new URL(next, issuer);
      if (at.origin !== issuer) return at.href;
    }
    throw new Error("the provider goes round in circles");
  };
  const visit = async (at: URL, jar: Jar, form?: Record<string, string>): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const body = form ? { method: "POST", body: new URLSearchParams(form) } : {};
    const response = await fetch(at, { redirect: "manual", headers: { cookie }, ...body });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s);
      jar.set(name, value);
    }
    return response;
  };
  return {
    issuer,
    accounts,
    authorize: (url, sub) => {
      let count = 0;
      return walk(url, (uid, jar) => {
        const prompt = count++ === 0 ? "login" : "consent";
        return visit(new URL(`/interaction/${uid}`, issuer), jar, { prompt, login: sub, password: "any" });
      });
    },
    cancel: (url) => walk(url, (uid, jar) => visit(new URL(`/interaction/${uid}/abort`, issuer), jar)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Jar = Map<string, string>;
