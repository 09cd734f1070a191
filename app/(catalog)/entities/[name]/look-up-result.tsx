import Link from "next/link";
import { groupHref } from "@/components/catalog/links";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { formatAge } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { ValueCell } from "@/components/ui/value-cell";
import { formatDuration } from "@/lib/kernel/time";
import type { EntityLookUp } from "@/lib/serving/schema";
import { LoadButton } from "./load-button";
import classes from "./look-up.module.css";

type Group = EntityLookUp["groups"][number];
type Feature = Group["features"][number];

const STATUS: Record<Feature["status"], { sign: string; words: string; tone: string }> = {
  PRESENT: { sign: "●", words: "Present", tone: "ok" },
  NULL_VALUE: { sign: "○", words: "Null: the row is there, its value is null", tone: "idle" },
  NOT_FOUND: { sign: "○", words: "Not found: no row for this key", tone: "idle" },
  OUTSIDE_MAX_AGE: { sign: "▲", words: "Too old: a service gets null", tone: "warn" },
  OVERRIDDEN: { sign: "●", words: "Came with the request", tone: "idle" },
  MASKED: { sign: "◐", words: "Masked: personal, for sensitive readers only", tone: "idle" },
};

/** What the state of a whole group means for who asks, in a sentence; null when all is well. */
function explain(group: Group): string | null {
  const keeps = group.ttlSeconds === null ? "" : formatDuration(group.ttlSeconds);
  switch (group.status) {
    case "PRESENT":
      return null;
    case "NOT_FOUND":
      return "The group has no row for this key. A service gets null with status NOT_FOUND.";
    case "OUTSIDE_MAX_AGE":
      return `The newest row is older than the group's time to live of ${keeps}. It is shown here; a service gets null with status OUTSIDE_MAX_AGE.`;
    case "NOT_MATERIALIZED":
      return "The group was never loaded into the online store, so nobody can read it by key yet.";
  }
}

function GroupValues({ group }: { group: Group }): React.ReactElement {
  const why = explain(group);
  const there = group.status === "PRESENT" || group.status === "OUTSIDE_MAX_AGE";
  return (
    <section className={classes.group} aria-label={group.group}>
      <div className={classes.groupHead}>
        <h3 className={classes.groupName}>
          <Link href={groupHref(group.group)}>{group.group}</Link>
        </h3>
        <span className={classes.ages}>
          {there && (
            <>
              <span>
                event <RelativeTime at={group.eventTime} />
              </span>
              <span className="number">age {formatAge(group.ageSeconds)}</span>
            </>
          )}
          <span>{group.ttlSeconds === null ? "keeps for ever" : `keeps ${formatDuration(group.ttlSeconds)}`}</span>
          {group.watermarkEventTime && (
            <span>
              loaded up to <RelativeTime at={group.watermarkEventTime} />
            </span>
          )}
        </span>
      </div>
      {why && <p className={classes.explain}>{why}</p>}
      {group.status === "NOT_MATERIALIZED" ? (
        <LoadButton groups={[group.group]} />
      ) : (
        there && (
          <DataTable
            caption={`Features of ${group.group}`}
            rows={group.features}
            rowKey={(feature) => feature.name}
            rowHref={(feature) => `/features/${encodeURIComponent(`${group.group}:${feature.name}`)}`}
            empty={null}
            columns={[
              {
                key: "name",
                header: "Feature",
                width: "30%",
                render: (feature) => <span className="mono">{feature.name}</span>,
              },
              {
                key: "value",
                header: "Value",
                align: "right",
                width: "26%",
                render: (feature) => (
                  <span className={feature.status === "OUTSIDE_MAX_AGE" ? classes.stale : undefined}>
                    <ValueCell value={feature.value} type={feature.dataType} />
                  </span>
                ),
              },
              {
                key: "unit",
                header: "Unit",
                width: "12%",
                render: (feature) => <span className={classes.quiet}>{feature.unit ?? ""}</span>,
              },
              {
                key: "status",
                header: "Status",
                width: "18%",
                render: (feature) => (
                  <span className={classes.mark} data-tone={STATUS[feature.status].tone}>
                    <span aria-hidden>{STATUS[feature.status].sign}</span>
                    {STATUS[feature.status].words}
                  </span>
                ),
              },
              { key: "type", header: "Type", render: (feature) => <span className="mono">{feature.dataType}</span> },
            ]}
          />
        )
      )}
    </section>
  );
}

/** Everything the online store holds of one key, by feature group, with what each status means. */
export function LookUpResult({ found, readable }: { found: EntityLookUp; readable: string }): React.ReactElement {
  if (found.groups.length === 0) {
    return (
      <EmptyState title="No feature group describes this entity yet">
        <p>Values appear here as soon as a feature group of {found.entity} is applied and loaded.</p>
      </EmptyState>
    );
  }
  const waiting = found.groups.filter((group) => group.status === "NOT_MATERIALIZED");
  const unknown = waiting.length === 0 && found.groups.every((group) => group.status === "NOT_FOUND");
  if (waiting.length === found.groups.length) {
    return (
      <EmptyState
        title="Nothing is loaded online yet"
        action={<LoadButton groups={waiting.map((group) => group.group)} />}
      >
        <p>
          The feature groups of {found.entity} are defined, but no run has loaded them into the online store. Start one;
          the values appear when it is finished.
        </p>
      </EmptyState>
    );
  }
  if (unknown) {
    return (
      <EmptyState title={`Nothing is known of ${readable}`}>
        <p>
          None of the {found.groups.length} feature groups of {found.entity} has a row for this key. Keys are compared
          exactly, upper and lower case included. A service that asks gets null with status NOT_FOUND.
        </p>
      </EmptyState>
    );
  }
  return (
    <>
      {found.groups.map((group) => (
        <GroupValues key={group.group} group={group} />
      ))}
    </>
  );
}
