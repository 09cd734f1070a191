import Link from "next/link";
import type { Overview } from "@/lib/registry/schema";
import { formatBytes, formatCompact, formatCount } from "../ui/numbers";
import classes from "./home.module.css";

/** How much of everything the catalog holds, each count leading to its list. */
export function CatalogCounts({ overview }: { overview: Overview }): React.ReactElement {
  const { counts } = overview;
  const tally: [number, one: string, many: string, href: string][] = [
    [counts.features, "feature", "features", "/features"],
    [counts.groups, "feature group", "feature groups", "/feature-groups"],
    [counts.entities, "entity", "entities", "/entities"],
    [counts.sources, "source", "sources", "/sources"],
    [counts.views, "feature view", "feature views", "/feature-views"],
    [counts.trainingSets, "training set", "training sets", "/training-sets"],
  ];
  return (
    <ul className={classes.counts}>
      {tally.map(([count, one, many, href]) => (
        <li key={href}>
          <Link href={href}>
            <strong>{formatCount(count)}</strong> {count === 1 ? one : many}
          </Link>
        </li>
      ))}
      <li>
        <strong>{formatCompact(overview.rowCount)}</strong> rows in {formatBytes(overview.byteCount)}
      </li>
    </ul>
  );
}
