import type { ChangeRequestDetail } from "@/lib/registry/change-schema";
import type { FeatureSummary } from "@/lib/registry/schema";
import { FeatureLabel } from "../catalog/label";
import { formatCount } from "../ui/numbers";
import classes from "./changes.module.css";

const SHOWN = 10;

/** The labels of the features that are to move; those that are gone are named. */
export function MovingFeatures({
  change,
  features,
}: {
  change: ChangeRequestDetail;
  features: FeatureSummary[];
}): React.ReactElement {
  const found = new Set(features.map((feature) => feature.name));
  const gone = change.features.filter((feature) => !found.has(feature.name));
  const label = (feature: FeatureSummary): React.ReactElement => (
    <FeatureLabel key={feature.id} feature={feature} size="row" />
  );
  return (
    <>
      {features.slice(0, SHOWN).map(label)}
      {features.length > SHOWN && (
        <details className={classes.remark}>
          <summary>{formatCount(features.length - SHOWN)} more</summary>
          {features.slice(SHOWN).map(label)}
        </details>
      )}
      {gone.length > 0 && (
        <p className={classes.remark}>
          No longer there: <span className="mono">{gone.map((feature) => feature.name).join(", ")}</span>
        </p>
      )}
    </>
  );
}
