import { afterAll, expect, test } from "vitest";
import { closeContexts, makeContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { CreateDefinition } from "./definition-schema";
import { planDefinition } from "./plan-definition";
import { planText } from "./plan-text";

afterAll(closeContexts);

test("SQL that gives other rows each time is warned of when it is planned, and not refused", async () => {
  const ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("customer", { customer_id: "INT64" }),
    await csvSource(ctx, "people", "customer_id,seen\n1,2024-01-01 00:00:00\n"),
  );
  const lucky = group("lucky", {
    entity: "customer",
    eventTime: "seen",
    sql: "SELECT customer_id, seen, random() AS luck FROM people",
    features: { luck: "FLOAT64" },
  });
  const features = [{ name: "luck", type: "FLOAT64" }];
  const { definition } = CreateDefinition.parse({ definition: { ...lucky, features } });
  const step = await planDefinition(ctx, { definition });
  expect(step.warnings).toEqual([{ code: "non_deterministic", detail: expect.stringContaining("random()") }]);
  expect(planText({ steps: [step] })).toContain("warning: random()");
  await apply(ctx, lucky);
});
