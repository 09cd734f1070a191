import Link from "next/link";
import type { Facets as FacetCounts, FacetName } from "@/lib/registry/schema";
import { STATUSES } from "@/lib/registry/schema";
import { formatCount } from "../ui/numbers";
import { withParams } from "../ui/search-params";
import classes from "./facets.module.css";

const NAMES: [FacetName, string][] = [
  ["group", "Feature group"],
  ["entity", "Entity"],
  ["type", "Type"],
  ["status", "Status"],
  ["owner", "Owner"],
  ["tag", "Tag"],
];
const SHOWN = 12;

function wording(facet: FacetName, value: string): string {
  return facet === "type" || (facet === "status" && (STATUSES as readonly string[]).includes(value))
    ? value.charAt(0) + value.slice(1).toLowerCase()
    : value;
}

/** Which filters of the feature list are set now. */
export function chosenFacets(params: Record<string, string>): { facet: FacetName; value: string }[] {
  return NAMES.flatMap(([facet]) => (params[facet] ? [{ facet, value: params[facet] }] : []));
}

/** What the list can be narrowed to, with counts; each value is a link that sets it, or takes it away. */
export function Facets({
  path,
  params,
  facets,
}: {
  path: string;
  params: Record<string, string>;
  facets: FacetCounts;
}): React.ReactElement {
  const current = new URLSearchParams(params);
  return (
    <div className={classes.facets}>
      {NAMES.map(([facet, name]) => {
        const values = facets[facet] ?? [];
        const chosen = params[facet];
        const shown = values.filter((entry, index) => index < SHOWN || entry.value === chosen);
        if (chosen && !shown.some((entry) => entry.value === chosen)) shown.unshift({ value: chosen, count: 0 });
        if (shown.length === 0) return null;
        return (
          <section key={facet} aria-label={`Filter by ${name.toLowerCase()}`}>
            <h2 className={classes.title}>{name}</h2>
            <ul className={classes.values}>
              {shown.map(({ value, count }) => (
                <li key={value}>
                  <Link
                    href={withParams(path, current, { [facet]: value === chosen ? null : value, cursor: null })}
                    className={classes.value}
                    aria-current={value === chosen ? "true" : undefined}
                    scroll={false}
                    prefetch={false}
                  >
                    <span className={classes.word}>{wording(facet, value)}</span>
                    <span className={classes.count}>{value === chosen ? "✕" : formatCount(count)}</span>
                    {value === chosen && <span className="visually-hidden">, chosen; remove this filter</span>}
                  </Link>
                </li>
              ))}
            </ul>
            {values.length > SHOWN && (
              <p className={classes.more}>{formatCount(values.length - SHOWN)} more; search to find them</p>
            )}
          </section>
        );
      })}
    </div>
  );
}
