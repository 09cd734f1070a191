import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Client } from "../client";
import { apply } from "./apply";

type Call = { method: string; path: string; body: unknown };

function recorder(action: "create" | "unchanged"): { client: Client; calls: Call[] } {
  const calls: Call[] = [];
  const steps = [{ action, kind: "entity", name: "airport", grade: null, version: 1, changes: [] }];
  const client: Client = {
    call: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      calls.push({ method, path, body });
      return { steps, applied: false } as T;
    },
  };
  return { client, calls };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "larder-cli-"));
  await writeFile(join(path, "b.sql"), "SELECT 1");
  await writeFile(join(path, "a.yaml"), "kind: entity");
  await writeFile(join(path, "notes.txt"), "not a definition");
  return path;
}

test("asks for the plan, prints it, then applies the same files", async () => {
  const { client, calls } = recorder("create");
  const lines: string[] = [];
  await apply({ folder: await folder(), dryRun: false }, { client, print: (line) => lines.push(line) });
  const files = [
    { path: "a.yaml", text: "kind: entity" },
    { path: "b.sql", text: "SELECT 1" },
  ];
  expect(calls).toEqual([
    { method: "POST", path: "/definitions/apply", body: { files, dryRun: true } },
    { method: "POST", path: "/definitions/apply", body: { files, dryRun: false } },
  ]);
  expect(lines[0]).toContain("+ create    entity        airport");
});

test.each([
  ["a dry run", "create", true],
  ["nothing to do", "unchanged", false],
] as const)("%s only asks for the plan", async (_name, action, dryRun) => {
  const { client, calls } = recorder(action);
  await apply({ folder: await folder(), dryRun }, { client, print: () => undefined });
  expect(calls.map((call) => (call.body as { dryRun: boolean }).dryRun)).toEqual([true]);
});

test("a folder that is not there is said to be missing", async () => {
  const { client } = recorder("create");
  await expect(apply({ folder: "/nowhere/at/all", dryRun: false }, { client, print: () => undefined })).rejects.toThrow(
    "There is no folder",
  );
});
