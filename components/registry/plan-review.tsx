import Link from "next/link";
import { stringify } from "yaml";
import type { Definition, PlanStep } from "@/lib/registry/definition-schema";
import { CodeBlock } from "../ui/code-block";
import classes from "./form.module.css";
import { describeId, KIND_WORDS } from "./kind-words";

/** What a change means for those who read what is changed, in words. */
function wordsOf(step: PlanStep): { title: string; text: string; tone: string } {
  const versioned = step.kind !== "project" && KIND_WORDS[step.kind].versioned;
  if (step.action === "create")
    return {
      title: "New",
      text: `${step.name} does not exist yet${versioned ? `; it will be version ${step.version}` : ""}.`,
      tone: "ok",
    };
  if (step.action === "unchanged")
    return { title: "Nothing changes", text: `${step.name} says exactly this already.`, tone: "idle" };
  if (step.grade === "BREAKING")
    return {
      title: "Breaking change",
      text: versioned
        ? `Version ${step.version} will stand beside version ${step.version - 1}. Whoever reads the old version keeps it, with its data, until they move.`
        : "Whatever reads it must be ready for the new shape at once.",
      tone: "danger",
    };
  if (step.grade === "NON_BREAKING")
    return {
      title: "Compatible change",
      text: "Readers keep working. Values may differ from the next computation on.",
      tone: "warn",
    };
  return { title: "Words only", text: "Nothing is computed anew, and no value changes.", tone: "ok" };
}

/** What saving would do: the change, how grave it is, and what it reaches. */
export function PlanReview({
  steps,
  definitions,
}: {
  steps: PlanStep[];
  definitions: Definition[];
}): React.ReactElement {
  return (
    <>
      {steps.map((step) => {
        const words = wordsOf(step);
        const tone = { "--tone": `var(--larder-${words.tone})` } as React.CSSProperties;
        return (
          <div key={`${step.kind}:${step.name}`} className={classes.grade} style={tone}>
            <strong>
              {words.title}: {step.kind === "project" ? "project" : KIND_WORDS[step.kind].word}{" "}
              <span className="mono">{step.name}</span>
            </strong>
            {words.text}
          </div>
        );
      })}
      {steps.flatMap((step) =>
        (step.warnings ?? []).map(({ code, detail }) => (
          <div
            key={`${step.kind}:${step.name}:${code}`}
            className={classes.grade}
            style={{ "--tone": "var(--larder-warn)" } as React.CSSProperties}
          >
            <strong>
              To know of <span className="mono">{step.name}</span>
            </strong>
            {detail}.
          </div>
        )),
      )}
      {steps.map((step) => step.changes.length > 0 && <Changes key={`${step.kind}:${step.name}`} step={step} />)}
      <Downstream steps={steps} />
      <details className={classes.more} open={steps.some((step) => step.action === "create")}>
        <summary>The definition as YAML</summary>
        <div>
          <CodeBlock language="yaml" title="Definition" code={yamlOf(definitions)} />
        </div>
      </details>
    </>
  );
}

/** Definitions as the file one would apply. */
export function yamlOf(definitions: readonly unknown[]): string {
  return definitions.map((definition) => stringify(withoutDefaults(definition), { lineWidth: 0 })).join("---\n");
}

/** What is left out means the same: an empty description, no tags. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  const said = Object.entries(value).filter(
    ([key, part]) =>
      !(key === "description" && part === "") && !(key === "tags" && Array.isArray(part) && !part.length),
  );
  return Object.fromEntries(said.map(([key, part]) => [key, withoutDefaults(part)]));
}

function Changes({ step }: { step: PlanStep }): React.ReactElement {
  return (
    <section aria-label="What changes">
      <h3>What changes</h3>
      <ul className={classes.list}>
        {step.changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
    </section>
  );
}

function Downstream({ steps }: { steps: PlanStep[] }): React.ReactElement | null {
  const reached = new Map(steps.flatMap((step) => step.downstream.map((item) => [item.id, item] as const)));
  if (steps.every((step) => step.action !== "change")) return null;
  return (
    <section aria-label="What it reaches">
      <h3>What it reaches</h3>
      {reached.size === 0 ? (
        <p className={classes.quiet}>Nothing reads it.</p>
      ) : (
        <ul className={classes.list}>
          {[...reached.values()].map(({ id, owner }) => {
            const { word, name, href } = describeId(id);
            return (
              <li key={id}>
                {word} {href ? <Link href={href}>{name}</Link> : name}
                <span className={classes.quiet}>, {owner ? `owned by ${owner}` : "without an owner"}</span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
