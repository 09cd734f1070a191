import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { errorOf } from "@/lib/testing/runs";
import { applyDefinitions } from "./apply-definitions";
import { createDefinition } from "./create-definition";
import { CreateDefinition, FeatureViewDefinition } from "./definition-schema";
import { getDefinition } from "./get-definition";
import { getFeatureView } from "./get-feature-view";
import { gradeChange } from "./plan";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    group("stats", { entity: "driver", features: { trips: "INT64", rating: "FLOAT64", name: "STRING" } }),
  );
});
afterAll(closeContexts);

const HEAD = [
  "kind: feature_view",
  "name: scored",
  "joins:",
  "  - group: stats",
  "    features: [trips, rating, name]",
];

async function problemsOf(
  lines: string[],
): Promise<{ line?: number; column?: number; code: string; detail: string }[]> {
  const files = [{ path: "views/scored.yaml", text: [...HEAD, ...lines].join("\n") }];
  const error = await errorOf(applyDefinitions(ctx, { files, dryRun: true }));
  expect(error.code).toBe("definition_invalid");
  for (const issue of error.issues) expect(issue.file).toBe("views/scored.yaml");
  return error.issues as { line: number; code: string; detail: string }[];
}

describe("mistakes in files", () => {
  test("an expression, with its line and what may have been meant", async () => {
    const [issue, ...others] = await problemsOf([
      "onDemand:",
      "  good: { expression: trips + 1 }",
      "  bad:",
      "    expression: trips * ratin",
    ]);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: "invalid_expression", line: 9, column: 9 });
    expect(issue?.detail).toMatch(
      /on-demand feature bad of view scored: There is no column ratin; did you mean rating\?/,
    );
  });

  test("the line within a block", async () => {
    const issues = await problemsOf(["onDemand:", "  bad:", "    expression: |", "      trips +", "      nam"]);
    expect(issues).toMatchObject([{ line: 10, column: 1 }]);
  });

  test.each<[lines: string[], line: number, words: RegExp]>([
    [["onDemand: { x: { expression: trips > 1, type: INT64 } }"], 6, /gives BOOL, not INT64/],
    [["onDemand: { trips: { expression: '1' } }"], 6, /an on-demand feature trips, as one of its columns or keys/],
    [["onDemand: { driver: { expression: '1' } }"], 6, /an on-demand feature driver, as one of its columns or keys/],
    [["requestData:", "  rating: FLOAT64"], 7, /request data rating, as one of its columns or keys/],
    [["requestData: { hour: INT64 }", "onDemand: { hour: { expression: trips } }"], 7, /an on-demand feature hour/],
    [
      ["onDemand:", "  a: { expression: b }", "  b: { expression: a }"],
      8,
      /a -> b -> a: these read each other in a circle/,
    ],
    [["requestData: { hour: INT65 }"], 6, /must be INT32/],
    [["onDemand: { x: { expresion: trips } }"], 6, /expression/],
  ])("%j", async (lines, line, words) => {
    const issues = await problemsOf(lines);
    expect(issues[0]?.line).toBe(line);
    expect(issues.map(({ detail }) => detail).join("\n")).toMatch(words);
  });

  test("a spine that does not give the request data", async () => {
    const spine = [
      "spine:",
      "  sql: SELECT driver, now() AS event_timestamp FROM stats",
      "requestData: { amount: FLOAT64 }",
    ];
    expect((await problemsOf(spine))[0]).toMatchObject({ code: "missing_request_data", line: 7 });
  });
});

test("a form is told where it is wrong", async () => {
  const wrong = view("scored", [{ group: "stats", features: ["trips"] }], {
    onDemand: { x: { expression: "trips +" } },
  });
  const error = await errorOf(createDefinition(ctx, CreateDefinition.parse({ definition: wrong })));
  expect(error.issues).toMatchObject([{ pointer: "/onDemand/x/expression", column: 8 }]);
});

test("a view tells what it computes, with types and inputs found out", async () => {
  await apply(
    ctx,
    view("told", [{ group: "stats", prefix: "own", features: ["trips", "rating"] }], {
      requestData: { amount: "FLOAT64" },
      onDemand: {
        worth: { expression: "own__rating * amount", unit: "EUR", description: "What it is worth" },
        high: { expression: "worth > own__trips", type: "BOOL" },
      },
    }),
  );
  const told = await getFeatureView(ctx, { name: "told" });
  expect(told.columns).toEqual(["own__trips", "own__rating", "high", "worth"]);
  expect(told.requestData).toEqual([{ name: "amount", type: "FLOAT64" }]);
  expect(told.onDemand).toEqual([
    {
      name: "high",
      expression: "worth > own__trips",
      type: "BOOL",
      description: "",
      unit: null,
      inputs: ["own__rating", "amount", "own__trips"],
    },
    {
      name: "worth",
      expression: "own__rating * amount",
      type: "FLOAT64",
      description: "What it is worth",
      unit: "EUR",
      inputs: ["own__rating", "amount"],
    },
  ]);
  const { definition } = await getDefinition(ctx, { kind: "feature_view", name: "told" });
  expect(definition).toMatchObject({ requestData: { amount: "FLOAT64" }, onDemand: { high: { type: "BOOL" } } });
});

describe("grades", () => {
  const base = { kind: "feature_view", name: "v", joins: [{ group: "stats", features: ["trips"] }] };
  const graded = (before: object, after: object): ReturnType<typeof gradeChange> =>
    gradeChange(
      FeatureViewDefinition.parse({ ...base, ...before }),
      FeatureViewDefinition.parse({ ...base, ...after }),
    );
  const one = (rest: object = {}): object => ({ onDemand: { x: { expression: "trips", ...rest } } });

  test.each<[before: object, after: object, grade: string, change: string]>([
    [{}, one(), "NON_BREAKING", "on-demand feature x added"],
    [one(), {}, "BREAKING", "on-demand feature x removed"],
    [one(), one({ expression: "trips + 1" }), "BREAKING", "on-demand feature x: what it computes changed"],
    [one(), one({ type: "INT64" }), "BREAKING", "on-demand feature x: what it computes changed"],
    [one(), one({ description: "Trips", unit: "1" }), "METADATA", "on-demand feature x: words about it changed"],
    [{}, { requestData: { a: "INT64" } }, "BREAKING", "request data a: added"],
    [{ requestData: { a: "INT64" } }, {}, "BREAKING", "request data a: removed"],
    [
      { requestData: { a: "INT64" } },
      { requestData: { a: "STRING" } },
      "BREAKING",
      "request data a: type INT64 becomes STRING",
    ],
  ])("%j to %j", (before, after, grade, change) => {
    expect(graded(before, after)).toEqual({ grade, changes: [change] });
  });

  test("what changes what is computed makes a new version beside the old one", async () => {
    const scored = (expression: string): ReturnType<typeof view> =>
      view("versioned", [{ group: "stats", features: ["trips"] }], { onDemand: { x: { expression } } });
    await apply(ctx, scored("trips"));
    await apply(ctx, scored("trips * 2"));
    const versions = await Promise.all([1, 2].map((version) => getFeatureView(ctx, { name: "versioned", version })));
    expect(versions.map(({ onDemand }) => onDemand[0]?.expression)).toEqual(["trips", "trips * 2"]);
    expect((await apply(ctx, scored("trips * 2"))).steps[0]?.action).toBe("unchanged");
  });
});
