import type { ReactNode } from "react";
import classes from "./section.module.css";

/** A part of a page under its own heading, with an optional remark and link beside it. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}): React.ReactElement {
  return (
    <section className={classes.section}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {aside && <div className={classes.aside}>{aside}</div>}
      </div>
      {children}
    </section>
  );
}

/** Names and values in columns, separated by hairlines; for facts that are no table. */
export function FactList({ facts }: { facts: { name: string; value: ReactNode }[] }): React.ReactElement {
  return (
    <dl className={classes.facts}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Tags as small words; nothing when there are none. */
export function Tags({ tags }: { tags: string[] }): React.ReactElement | null {
  if (tags.length === 0) return null;
  return (
    <span className={classes.tags}>
      {tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}

/** A fact list from pairs; facts whose value is null are left out. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }): React.ReactElement {
  return (
    <div className={classes.apart}>
      <FactList facts={facts.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))} />
    </div>
  );
}
