import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** The ladder, bottom to top. A folder of lib imports only itself and folders before it. */
const LADDER = [
  "kernel",
  "compute",
  "engines",
  "platform",
  "access",
  "registry",
  "lineage",
  "datasets",
  "materialization",
  "streaming",
  "serving",
  "quality",
  "exchange",
  "jobs",
  "http",
];

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TOP = ["app", "components", "lib", "server", "cli", "sdk", "bench", "e2e"];
const IGNORED = new Set(["node_modules", "generated", ".next"]);
const FORBIDDEN_FOLDERS = new Set(["utils", "helpers", "services", "types", "hooks"]);
const VERB =
  /^(?:(?:accept|apply|approve|archive|build|cancel|compact|compare|compute|create|delete|disable|download|enable|end|export|find|get|invite|list|look-up|materialize|preview|profile|push|read|refresh|reject|remove|request|restore|retry|revoke|rotate|run|search|sign|update|upload|verify|withdraw|write)-[a-z-]+|change-password|plan-(?:change|definition)|check-(?:storage|every-byte)|collect-garbage)\.ts$/;
const ROOMS = LADDER.slice(LADDER.indexOf("access"), LADDER.indexOf("jobs") + 1);
/** Named like verbs, but rules, loaders of a verb, or parts of one: they get a context from a verb that has authorized. */
const NOT_VERBS = new Set([
  "lib/lineage/build-graph.ts",
  "lib/datasets/find-snapshot.ts",
  "lib/registry/write-definitions.ts",
]);

type SourceFile = { path: string; text: string; lines: number; imports: { target: string; typeOnly: boolean }[] };

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (IGNORED.has(name)) return [];
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

function resolveImport(from: string, specifier: string): string {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  return specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(from), specifier)) : specifier;
}

function load(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), "utf8");
  const statements = [
    ...text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+\sfrom\s+)?["']([^"']+)["']/gm),
  ];
  const dynamic = [...text.matchAll(/\bimport\(\s*["']([^"']+)["']/g)];
  return {
    path,
    text,
    lines: text.split("\n").length - 1,
    imports: [
      ...statements.map((match) => ({ target: resolveImport(path, match[2] ?? ""), typeOnly: Boolean(match[1]) })),
      ...dynamic.map((match) => ({ target: resolveImport(path, match[1] ?? ""), typeOnly: false })),
    ],
  };
}

const files: SourceFile[] = TOP.flatMap((top) => {
  const folder = join(ROOT, top);
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? walk(folder) : [];
})
  .filter((path) => /\.(ts|tsx)$/.test(path))
  .map((path) => load(relative(ROOT, path).replaceAll("\\", "/")));

const isTest = (path: string): boolean =>
  /\.(test|spec)\.tsx?$|(^|\/)(conformance|oracle)\.ts$|^lib\/testing\/|-fixture\.ts$|\.test-child\.ts$/.test(path);
const code = files.filter((file) => !isTest(file.path));
const room = (path: string): string | null => /^lib\/([a-z]+)(\/|$)/.exec(path)?.[1] ?? null;
const isClient = (file: SourceFile): boolean => /^\s*["']use client["']/.test(file.text);

function violations(check: (file: SourceFile) => string[], among: SourceFile[] = code): string[] {
  return among.flatMap((file) => check(file).map((problem) => `${file.path}: ${problem}`));
}

test("the test sees the code it guards", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(
    code.find((file) => file.path === "lib/datasets/compute-group.ts")?.imports.map((item) => item.target),
  ).toContain("lib/access/authorize");
});

describe("the ladder", () => {
  test("every folder of lib is a rung", () => {
    const folders = new Set(files.flatMap((file) => (file.path.split("/").length > 2 ? (room(file.path) ?? []) : [])));
    expect([...folders].filter((folder) => !LADDER.includes(folder) && folder !== "testing")).toEqual([]);
  });

  test("a room imports only itself and rooms below it", () => {
    const found = violations((file) => {
      const own = room(file.path);
      if (own === null || !LADDER.includes(own)) return [];
      return file.imports.flatMap(({ target }) => {
        const other = room(target);
        if (other === null) return [];
        if (other === "testing") return [`imports ${target}, which is for tests`];
        return LADDER.indexOf(other) > LADDER.indexOf(own) ? [`imports ${target}, which stands above it`] : [];
      });
    });
    expect(found).toEqual([]);
  });

  test("nobody imports app, server, cli, bench or e2e", () => {
    const found = violations((file) =>
      file.imports.flatMap(({ target }) => {
        const top = target.split("/")[0] ?? "";
        return ["app", "server", "cli", "bench", "e2e"].includes(top) && !file.path.startsWith(`${top}/`)
          ? [`imports ${target}`]
          : [];
      }),
    );
    expect(found).toEqual([]);
  });
});

describe("import bans", () => {
  test("kernel and compute do no I/O and know no clock or chance", () => {
    const pure = code.filter((file) => ["kernel", "compute"].includes(room(file.path) ?? ""));
    const found = violations(
      (file) => [
        ...file.imports
          .filter(({ target }) => /^node:(fs|net|http|https|child_process|worker_threads|os)|prisma|^pg$/.test(target))
          .map(({ target }) => `imports ${target}`),
        ...[/\bprocess\.env\b/, /\bDate\.now\(/, /\bMath\.random\(/, /new Date\(\)/]
          .filter((pattern) => pattern.test(file.text))
          .map((pattern) => `uses ${pattern.source}`),
      ],
      pure,
    );
    expect(found).toEqual([]);
  });

  test("browser code imports components, kernel, compute, schemas and its own actions", () => {
    const browser = files.filter(
      (file) => (file.path.startsWith("components/") || isClient(file)) && !isTest(file.path),
    );
    const found = violations(
      (file) =>
        file.imports.flatMap(({ target, typeOnly }) => {
          if (typeOnly || !/^(app|lib|server|cli)\//.test(target)) return [];
          if (/^lib\/(kernel|compute)\//.test(target) || /^lib\/[a-z]+\/([a-z]+-)?schema$/.test(target)) return [];
          const local = dirname(target) === dirname(file.path) || target.startsWith(`${dirname(file.path)}/`);
          return file.path.startsWith("app/") && local ? [] : [`imports ${target}`];
        }),
      browser,
    );
    expect(found).toEqual([]);
  });

  test("app and components know no Prisma and no SQL driver", () => {
    const found = violations((file) =>
      /^(app|components)\//.test(file.path)
        ? file.imports
            .filter(({ target }) => /prisma|platform\/db$|^pg$/.test(target))
            .map(({ target }) => `imports ${target}`)
        : [],
    );
    expect(found).toEqual([]);
  });

  test("process.env is read in platform/env.ts only", () => {
    const allowed = new Set(["lib/platform/env.ts"]);
    expect(
      violations(
        (file) => (/\bprocess\.env\b/.test(file.text) && !allowed.has(file.path) ? ["reads process.env"] : []),
        code.filter((file) => /^(app|components|lib|cli)\//.test(file.path)),
      ),
    ).toEqual([]);
  });

  test.each([
    ["@duckdb/node-api", "lib/engines/offline/duckdb/"],
    ["lmdb", "lib/engines/online/lmdb"],
    ["ioredis", "lib/engines/online/redis"],
    ["pg-boss", "lib/platform/queue.ts"],
    ["@electric-sql/pglite", "lib/platform/"],
  ])("%s is used in its adapter only", (driver, home) => {
    const found = violations((file) =>
      file.path.startsWith(home) || /^(server|bench)\//.test(file.path)
        ? []
        : file.imports.filter(({ target }) => target === driver).map(() => `imports ${driver}`),
    );
    expect(found).toEqual([]);
  });
});

describe("files", () => {
  test("every verb authorizes", () => {
    const verbs = code.filter((file) => {
      const own = room(file.path);
      return own !== null && ROOMS.includes(own) && VERB.test(basename(file.path)) && !NOT_VERBS.has(file.path);
    });
    expect(verbs.length).toBeGreaterThan(25);
    expect(violations((file) => (file.text.includes("authorize(") ? [] : ["never calls authorize("]), verbs)).toEqual(
      [],
    );
  });

  test("nothing is longer than its budget", () => {
    const budget = (path: string): number => {
      if (/^lib\/http\/routes\//.test(path)) return 80;
      if (/^app\/.*\/route\.ts$/.test(path)) return 40;
      if (/^app\/.*page\.tsx$/.test(path)) return 120;
      if (/^lib\/engines\//.test(path)) return 350;
      if (ROOMS.includes(room(path) ?? "") && VERB.test(basename(path))) return 150;
      return path.endsWith(".tsx") ? 250 : 400;
    };
    expect(
      violations(
        (file) => (file.lines > budget(file.path) ? [`${file.lines} lines, at most ${budget(file.path)}`] : []),
        files,
      ),
    ).toEqual([]);
  });

  test("no barrels, no drawers, kebab-case names", () => {
    const found = violations(
      (file) => [
        ...(/(^|\/)index\.tsx?$/.test(file.path) ? ["is a barrel"] : []),
        ...file.path
          .split("/")
          .filter((part) => FORBIDDEN_FOLDERS.has(part))
          .map((part) => `lies in ${part}/`),
        ...(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.[a-z0-9-]+)*\.tsx?$/.test(basename(file.path))
          ? []
          : ["is not kebab-case"]),
      ],
      files,
    );
    expect(found).toEqual([]);
  });

  test("no module mocks, no skipped tests, no type holes", () => {
    const self = "lib/architecture.test.ts";
    const patterns = [
      /\bvi\.mock\(/,
      /\b(?:describe|it|test)\.(?:skip|only)\(/,
      /@ts-(?:ignore|nocheck)/,
      /\bas any\b|: any[;,)[\]=>|&]/,
    ];
    expect(
      violations(
        (file) =>
          patterns
            .filter((pattern) => file.path !== self && pattern.test(file.text))
            .map((pattern) => `has ${pattern.source}`),
        files,
      ),
    ).toEqual([]);
  });
});
