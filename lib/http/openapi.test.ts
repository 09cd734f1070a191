import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ERRORS } from "@/lib/kernel/errors";
import { closeContexts, makeContext } from "@/lib/testing/context";
import { ROUTES } from "./all-routes";
import { openApiDocument } from "./openapi";
import { problemCodes } from "./openapi-problems";
import { ENDPOINTS } from "./system";
import { testApp } from "./test-app";

type Node = Record<string, unknown>;
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: Node }[];
  requestBody?: Node;
  responses: Record<string, Node>;
};

const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Node> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe("document", () => {
  test("has every registered route and nothing else", () => {
    const expected = [
      ...ROUTES.map((route) => `${route.method} ${route.path}`),
      ...ENDPOINTS.filter(({ path }) => !path.startsWith("/docs/")).map(({ method, path }) => `${method} ${path}`),
    ];
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(expected.sort());
  });

  test("is OpenAPI 3.1 in which every reference leads somewhere and every schema is used", () => {
    expect(document.openapi).toBe("3.1.0");
    const text = JSON.stringify(document);
    const used = new Set(Array.from(text.matchAll(/"\$ref":"([^"]+)"/g), (match) => match[1] as string));
    for (const reference of used) expect(reference).toMatch(/^#\/components\/schemas\/\w+$/);
    expect([...used].map((reference) => reference.split("/").at(-1)).sort()).toEqual(
      Object.keys(document.components.schemas).sort(),
    );
    expect(text).not.toMatch(/"\$(id|schema|defs)"/);
  });

  test.each(operations)("$method $path", ({ path, method, operation }) => {
    expect(operation.summary).toMatch(/\w/);
    expect(operation.tags).toHaveLength(1);
    const names = Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1]);
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    expect(inPath.map((parameter) => parameter.name)).toEqual(names);
    expect(inPath.every((parameter) => parameter.required === true)).toBe(true);
    for (const parameter of operation.parameters ?? []) expect(parameter.schema).toBeTypeOf("object");
    if (method === "get") expect(operation.requestBody).toBeUndefined();
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => /^[23]/.test(status))).toBe(true);
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^\d{3}$/);
      expect(response.description).toMatch(/\w/);
      expect(response.content).toBeTypeOf("object");
    }
  });

  test("operation ids are unique", () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  test("each route documents its problem codes", () => {
    for (const route of ROUTES) {
      const responses = document.paths[route.path]?.[route.method]?.responses ?? {};
      for (const code of problemCodes(route))
        expect(JSON.stringify(responses[String(ERRORS[code].status)]?.content)).toContain(`"${code}"`);
    }
  });

  test("bodies show what is required and what has a default", () => {
    const body = document.paths["/training-sets"]?.post?.requestBody as {
      content: Record<string, { schema: { $ref: string } }>;
    };
    const name = body.content["application/json"]?.schema.$ref.split("/").at(-1) ?? "";
    expect(document.components.schemas[name]).toMatchObject({
      type: "object",
      required: ["name"],
      additionalProperties: false,
      properties: { asKnown: { default: "event_time" } },
    });
  });
});

describe("pages", () => {
  let app: ReturnType<typeof testApp>;
  beforeAll(async () => {
    app = testApp(await makeContext());
  });
  afterAll(closeContexts);

  test("openapi.json is the document", async () => {
    expect((await app.send("/openapi.json")).json).toEqual(document);
  });

  test("the page loads everything from this server", async () => {
    const page = await app.send("/docs");
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.text).toContain("<title>Larder API</title>");
    const links = Array.from(page.text.matchAll(/(?:src|href)="([^"]+)"/g), (match) => match[1] as string);
    const loaded = links.filter((link) => link !== "data:,");
    expect(loaded.length).toBeGreaterThanOrEqual(4);
    for (const path of loaded) {
      expect(path).toMatch(/^\/api\/v1\//);
      const file = await app.send(path);
      expect(file.status).toBe(200);
      expect(file.headers.get("x-content-type-options")).toBe("nosniff");
      expect(file.text.length).toBeGreaterThan(100);
    }
  });
});
