import Link from "next/link";
import { Facts } from "@/components/catalog/section";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import type { TrainingSet } from "@/lib/datasets/training-schema";

/** What is known of a training set in every state. */
export function SetFacts({ set, createdBy }: { set: TrainingSet; createdBy: string }): React.ReactElement {
  return (
    <Facts
      facts={[
        [
          "Rows",
          set.rowCount === null ? null : (
            <span key="r" className="number">
              {formatCount(set.rowCount)}
            </span>
          ),
        ],
        [
          "Size",
          set.byteCount === null ? null : (
            <span key="s" className="number">
              {formatBytes(set.byteCount)} Parquet
            </span>
          ),
        ],
        [
          "Feature view",
          set.view && (
            <span key="v">
              <Link href={`/feature-views/${set.view}`} className="mono">
                {set.view}
              </Link>
              {set.manifest?.view && ` version ${set.manifest.view.version}`}
            </span>
          ),
        ],
        [
          "Label",
          set.label && (
            <span key="l" className="mono">
              {set.label}
            </span>
          ),
        ],
        [
          "Created",
          <span key="c">
            <RelativeTime at={set.createdAt} /> by {createdBy}
          </span>,
        ],
        [
          "Run",
          set.runId && (
            <Link key="u" href={`/runs/${set.runId}`}>
              progress and log
            </Link>
          ),
        ],
        [
          "Lineage",
          <Link key="g" href={`/lineage?node=training_set:${set.name}`}>
            show what it is made from
          </Link>,
        ],
      ]}
    />
  );
}
