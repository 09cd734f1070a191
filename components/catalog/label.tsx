import Link from "next/link";
import type { ReactNode } from "react";
import type { FeatureDetail, FeatureSummary, GroupSummary } from "@/lib/registry/schema";
import { Sparkline } from "../charts/sparkline";
import { formatBytes, formatCompact, formatCount, formatShare } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { StatusBadge } from "../ui/status-badge";
import { describeGlance, listIngredients } from "./glance-words";
import { HoverLabel } from "./hover-label";
import { Keeps } from "./keeps";
import classes from "./label.module.css";
import { featureHref, groupHref } from "./links";

export type LabelSize = "chip" | "row" | "card";
type Fact = [name: string, value: ReactNode];

function Facts({ facts }: { facts: Fact[] }): React.ReactElement {
  return (
    <dl className={classes.facts}>
      {facts.flatMap(([name, value]) => [<dt key={`${name}-t`}>{name}</dt>, <dd key={`${name}-d`}>{value}</dd>])}
    </dl>
  );
}

/** What a feature's label says under its name: ingredients, freshness, data, users, owner. */
export function featureFacts(feature: FeatureSummary | FeatureDetail): Fact[] {
  const { glance, freshness } = feature;
  const facts: Fact[] = [];
  if ("ingredients" in feature)
    facts.push([
      "Made from",
      <span key="i" className={classes.mono}>
        {listIngredients(feature.ingredients)}
      </span>,
    ]);
  facts.push(["Last event", <RelativeTime key="l" at={freshness.lastEventTime} />]);
  facts.push(["Keeps", <Keeps key="k" ttlSeconds={freshness.ttlSeconds} lastEventTime={freshness.lastEventTime} />]);
  facts.push([
    "Data",
    <span key="d" className={classes.data}>
      <Sparkline bars={glance?.bars ?? null} label={describeGlance(feature)} />
      <span className="number">
        {glance
          ? `${formatShare(glance.nullShare)} null · ${formatCompact(glance.distinct)} distinct`
          : "no statistics yet"}
      </span>
    </span>,
  ]);
  facts.push([
    "Used by",
    feature.views.length > 0 ? (
      <span key="v" className={classes.mono}>
        {feature.views.join(", ")}
      </span>
    ) : (
      "no feature view yet"
    ),
  ]);
  facts.push(["Owner", feature.owner ?? "nobody yet"]);
  return facts;
}

function FeatureCard({
  feature,
  linked,
}: {
  feature: FeatureSummary | FeatureDetail;
  linked: boolean;
}): React.ReactElement {
  return (
    <div className={classes.card}>
      <div className={classes.head}>
        {linked ? (
          <Link href={featureHref(feature.reference)} className={classes.name}>
            {feature.name}
          </Link>
        ) : (
          <span className={classes.name}>{feature.name}</span>
        )}
        <StatusBadge status={feature.status} />
      </div>
      <div className={classes.what}>
        {feature.featureType.toLowerCase()} feature of {feature.entity} in {feature.group} · {feature.dataType}
        {feature.unit ? `, ${feature.unit}` : ""}
      </div>
      {feature.description && <p className={classes.description}>{feature.description}</p>}
      <Facts facts={featureFacts(feature)} />
    </div>
  );
}

/** The label of a feature, the same wherever it appears: a chip with the card on hover, a list row, or the card. */
export function FeatureLabel({
  feature,
  size,
}: {
  feature: FeatureSummary | FeatureDetail;
  size: LabelSize;
}): React.ReactElement {
  if (size === "card") return <FeatureCard feature={feature} linked />;
  const spark = (
    <Sparkline
      bars={feature.glance?.bars ?? null}
      label={describeGlance(feature)}
      width={size === "chip" ? 36 : 96}
      height={size === "chip" ? 12 : 22}
    />
  );
  if (size === "chip") {
    return (
      <HoverLabel href={featureHref(feature.reference)} label={<FeatureCard feature={feature} linked={false} />}>
        <span className={classes.name}>{feature.name}</span>
        {spark}
      </HoverLabel>
    );
  }
  return (
    <Link href={featureHref(feature.reference)} className={classes.row} prefetch={false}>
      <span className={classes.text}>
        <span className={classes.name}>{feature.name}</span>{" "}
        <span className={classes.second} style={{ display: "block" }}>
          {feature.group} · {feature.description || "no description yet"}
        </span>
      </span>
      <span className={classes.numbers}>
        {feature.glance
          ? `${formatShare(feature.glance.nullShare)} null · ${formatCompact(feature.glance.distinct)} distinct`
          : "no statistics yet"}
      </span>
      {spark}
    </Link>
  );
}

function GroupCard({ group, linked }: { group: GroupSummary; linked: boolean }): React.ReactElement {
  const statuses = Object.entries(group.statusCounts).filter(([, count]) => count > 0);
  return (
    <div className={classes.card}>
      <div className={classes.head}>
        {linked ? (
          <Link href={groupHref(group.name)} className={classes.name}>
            {group.name}
          </Link>
        ) : (
          <span className={classes.name}>{group.name}</span>
        )}
        <span className={classes.data}>
          {statuses.length === 1 ? (
            <StatusBadge status={statuses[0]?.[0] ?? ""} />
          ) : (
            statuses.map(([status, count]) => `${count} ${status.toLowerCase()}`).join(", ")
          )}
        </span>
      </div>
      <div className={classes.what}>
        {formatCount(group.featureCount)} features of {group.entity} ({group.joinKeys.map((key) => key.name).join(", ")}
        ) · version {group.version}
      </div>
      {group.description && <p className={classes.description}>{group.description}</p>}
      <Facts
        facts={[
          [
            "Made from",
            <span key="i" className={classes.mono}>
              {listIngredients(group.ingredients)}
            </span>,
          ],
          ["Last event", <RelativeTime key="l" at={group.freshness.lastEventTime} />],
          ["Keeps", <Keeps key="k" ttlSeconds={group.ttlSeconds} lastEventTime={group.freshness.lastEventTime} />],
          [
            "Holds",
            <span key="h" className="number">
              {formatCompact(group.rowCount)} rows, {formatBytes(group.byteCount)}
            </span>,
          ],
          [
            "Served",
            group.online ? (
              group.freshness.materializedAt ? (
                <>
                  online, loaded <RelativeTime at={group.freshness.materializedAt} />
                </>
              ) : (
                "online, not loaded yet"
              )
            ) : (
              "offline only"
            ),
          ],
          ["Owner", group.owner ?? "nobody yet"],
        ]}
      />
    </div>
  );
}

/** The label of a feature group, in the same three sizes as a feature's. */
export function GroupLabel({ group, size }: { group: GroupSummary; size: LabelSize }): React.ReactElement {
  if (size === "card") return <GroupCard group={group} linked />;
  if (size === "chip") {
    return (
      <HoverLabel href={groupHref(group.name)} label={<GroupCard group={group} linked={false} />}>
        <span className={classes.name}>{group.name}</span>
        <span className="number">{formatCount(group.featureCount)}</span>
      </HoverLabel>
    );
  }
  return (
    <Link href={groupHref(group.name)} className={classes.row} prefetch={false}>
      <span className={classes.text}>
        <span className={classes.name}>{group.name}</span>
        <span className={classes.second} style={{ display: "block" }}>
          {group.entity} · {group.description || "no description yet"}
        </span>
      </span>
      <span className={classes.numbers}>
        {formatCount(group.featureCount)} features · {formatCompact(group.rowCount)} rows
      </span>
      <RelativeTime at={group.freshness.lastEventTime} />
    </Link>
  );
}
