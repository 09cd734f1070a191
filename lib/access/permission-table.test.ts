import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { permissionsMarkdown, permissionTable } from "./permission-table";
import { PERMISSIONS, SCOPES } from "./permissions";
import { PermissionTable } from "./schema";

test("docs/permissions.md is what the table says", async () => {
  const file = join(import.meta.dirname, "../../docs/permissions.md");
  expect(await readFile(file, "utf8")).toBe(permissionsMarkdown());
});

test("every permission is in the answer and in the document, with its scope", () => {
  const table = PermissionTable.parse(permissionTable());
  expect(table.items.map(({ permission }) => permission)).toEqual(Object.keys(PERMISSIONS));
  expect(table.scopes).toEqual([...SCOPES]);
  for (const { permission, allows, scope } of table.items) {
    const row = permissionsMarkdown()
      .split("\n")
      .find((line) => line.startsWith(`| \`${permission}\` |`));
    expect(row).toContain(allows);
    if (scope !== null) expect(row).toContain(scope);
  }
});
