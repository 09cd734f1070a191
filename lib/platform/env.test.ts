import { homedir } from "node:os";
import { expect, it } from "vitest";
import { parseEnv } from "./env";

it("has a default for everything", () => {
  expect(parseEnv({ LARDER_ROOT: "/srv/larder" })).toMatchObject({
    mode: "production",
    databaseUrl: null,
    rootDir: "/srv/larder",
    dataDir: "/srv/larder/.larder",
    sourceRoots: ["/srv/larder"],
    host: "127.0.0.1",
    port: 3000,
    demo: "auto",
  });
});

it.each([
  ["a relative data folder is below the root", { LARDER_DATA_DIR: "data" }, { dataDir: "/srv/larder/data" }],
  ["an absolute one stays", { LARDER_DATA_DIR: "/var/lib/larder" }, { dataDir: "/var/lib/larder" }],
  ["~ is the home folder", { LARDER_DATA_DIR: "~/larder" }, { dataDir: `${homedir()}/larder` }],
  ["source roots are separated by :", { LARDER_SOURCE_ROOTS: "/a:b" }, { sourceRoots: ["/a", "/srv/larder/b"] }],
  ["an empty variable is an unset one", { PORT: "", DATABASE_URL: "" }, { port: 3000, databaseUrl: null }],
  ["numbers are read", { PORT: "8080", LARDER_DUCKDB_THREADS: "4" }, { port: 8080, duckdbThreads: 4 }],
])("%s", (_, variables, expected) => {
  expect(parseEnv({ LARDER_ROOT: "/srv/larder", ...variables })).toMatchObject(expected);
});

it("takes addresses of databases for sources, and never shows a wrong one", () => {
  const parse = (value: string) => () => parseEnv({ LARDER_SOURCE_SHOP: value, LARDER_SOURCE_ROOTS: "/a" });
  expect(parse("postgresql://u:p@h/d")).not.toThrow();
  expect(parse("mysql://u:hunter2@h/d")).toThrow(/^Environment is not valid: LARDER_SOURCE_SHOP must be [^2]*$/);
});

it("names every variable that is wrong, in one message", () => {
  const parse = () => parseEnv({ PORT: "http", LARDER_DUCKDB_MEMORY: "lots", LARDER_LOG_LEVEL: "loud" });
  expect(parse).toThrow(/PORT.*/);
  expect(parse).toThrow(/LARDER_DUCKDB_MEMORY/);
  expect(parse).toThrow(/LARDER_LOG_LEVEL/);
});

it("takes an OpenID provider over https only, but for trying it out on this machine", () => {
  const parse = (issuer: string) => parseEnv({ LARDER_OIDC_ISSUER: issuer, LARDER_OIDC_CLIENT_ID: "larder" });
  expect(() => parse("http://id.example")).toThrow(/LARDER_OIDC_ISSUER must be https/);
  expect(() => parse("http://localhost.evil.example")).toThrow(/must be https/);
  for (const issuer of [
    "https://id.example/realms/a",
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
  ])
    expect(parse(issuer).oidc).toMatchObject({ issuer, name: "single sign-on" });
});
