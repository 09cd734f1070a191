import Link from "next/link";
import type { Impact } from "@/lib/registry/change-schema";
import { featureHref } from "../catalog/links";
import { formatCount } from "../ui/numbers";
import classes from "./changes.module.css";

const SHOWN = 12;

const KINDS: { key: keyof Impact; word: string; title: string; none: string; href: (name: string) => string }[] = [
  { key: "features", word: "other feature", title: "Features made from them", none: "None.", href: featureHref },
  {
    key: "views",
    word: "feature view",
    title: "Feature views",
    none: "No feature view reads them.",
    href: (name) => `/feature-views/${encodeURIComponent(name)}`,
  },
  {
    key: "consumers",
    word: "consumer",
    title: "Consumers",
    none: "No registered consumer reads them.",
    href: (name) => `/consumers/${encodeURIComponent(name)}`,
  },
  {
    key: "trainingSets",
    word: "training set",
    title: "Training sets",
    none: "No training set holds them.",
    href: (name) => `/training-sets/${encodeURIComponent(name)}`,
  },
];

function Touched({ item, href }: { item: Impact["views"][number]; href: string }): React.ReactElement {
  return (
    <li className={classes.touched}>
      <span>
        <Link href={href} className="mono">
          {item.name}
        </Link>
      </span>
      <span className={classes.quiet}>{item.owner ?? "no owner"}</span>
      {item.detail && (
        <span className={classes.detail} title={item.detail}>
          {item.detail}
        </span>
      )}
    </li>
  );
}

/** What depends on features, with whose it is; each leads to its page. `compact`: kinds without any in one sentence. */
export function ImpactLists({ impact, compact = false }: { impact: Impact; compact?: boolean }): React.ReactElement {
  const shown = compact ? KINDS.filter(({ key }) => impact[key].length > 0) : KINDS;
  const without = compact ? KINDS.filter(({ key }) => impact[key].length === 0) : [];
  return (
    <div>
      <div className={classes.impact}>
        {shown.map(({ key, title, none, href }) => {
          const items = impact[key];
          const line = (item: (typeof items)[number]): React.ReactElement => (
            <Touched key={item.name} item={item} href={href(item.name)} />
          );
          return (
            <div key={key}>
              <h3 className={classes.impactTitle}>
                {title} <span>{formatCount(items.length)}</span>
              </h3>
              {items.length === 0 ? (
                <p className={classes.none}>{none}</p>
              ) : (
                <ul className={classes.lines}>{items.slice(0, SHOWN).map(line)}</ul>
              )}
              {items.length > SHOWN && (
                <details className={classes.remark}>
                  <summary>{formatCount(items.length - SHOWN)} more</summary>
                  <ul className={classes.lines}>{items.slice(SHOWN).map(line)}</ul>
                </details>
              )}
            </div>
          );
        })}
      </div>
      {without.length > 0 && (
        <p className={classes.without}>
          Touches no{" "}
          {without
            .map(({ word }) => word)
            .join(", ")
            .replace(/, ([^,]*)$/, " and no $1")}
          .
        </p>
      )}
    </div>
  );
}
