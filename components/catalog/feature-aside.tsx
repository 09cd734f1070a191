import type { FeatureDetail } from "@/lib/registry/schema";
import { RelativeTime } from "../ui/relative-time";
import { writeValue } from "../ui/value-cell";
import { describeConstraints } from "./constraints";
import { FeatureStatistics } from "./feature-statistics";
import { FeatureLabel } from "./label";
import { FactList, Section } from "./section";

/** Beside a feature's charts: its label, its statistics, and what its definition says. */
export function FeatureAside({ feature }: { feature: FeatureDetail }): React.ReactElement {
  const constraints = describeConstraints(feature.constraints);
  return (
    <div>
      <Section title="Label">
        <FeatureLabel feature={feature} size="card" />
      </Section>
      {feature.statistics && (
        <Section title="Statistics">
          <FeatureStatistics feature={feature} statistics={feature.statistics} />
        </Section>
      )}
      <Section title="Definition">
        <FactList
          facts={[
            { name: "Reference", value: <span className="mono">{feature.reference}</span> },
            { name: "Unit", value: feature.unit ?? "none" },
            { name: "Constraints", value: constraints.length > 0 ? constraints.join(", ") : "none" },
            {
              name: "Default",
              value: feature.default === null ? "none" : writeValue(feature.default, feature.dataType),
            },
            { name: "Sensitivity", value: feature.sensitivity ?? "not classified" },
            { name: "Served online", value: feature.online ? "yes" : "no" },
            { name: "Group version", value: feature.groupVersion },
            {
              name: "Created",
              value: (
                <>
                  <RelativeTime at={feature.createdAt} /> by {feature.createdBy}
                </>
              ),
            },
            { name: "Updated", value: <RelativeTime at={feature.updatedAt} /> },
          ]}
        />
      </Section>
    </div>
  );
}
