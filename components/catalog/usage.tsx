import Link from "next/link";
import type { LineageGraph } from "@/lib/lineage/schema";
import classes from "./home.module.css";
import { nodeHref } from "./neighbours";
import { consumersOf } from "./reads";
import { Section } from "./section";

/** The registered models, services and dashboards that read something, with whose they are. */
export function Usage({ graph, node }: { graph: LineageGraph; node: string }): React.ReactElement {
  const consumers = consumersOf(graph, node);
  return (
    <Section title="Usage" aside={<Link href="/consumers">All consumers</Link>}>
      {consumers.length === 0 ? (
        <p className={classes.quiet} style={{ margin: 0, fontSize: 13 }}>
          No registered consumer reads it. Models and services that are registered are named before anything of it
          changes.
        </p>
      ) : (
        <ul className={classes.list}>
          {consumers.map(({ node: consumer, through }) => (
            <li key={consumer.id}>
              <span>
                <Link href={nodeHref(consumer)} className="mono">
                  {consumer.name}
                </Link>
                {through.length > 0 && (
                  <span className={classes.quiet}> through {through.map((view) => view.name).join(", ")}</span>
                )}
              </span>
              <span className={classes.quiet}>{consumer.owner ?? "no owner"}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
