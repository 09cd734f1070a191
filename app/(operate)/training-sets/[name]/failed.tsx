import { ErrorState } from "@/components/ui/error-state";
import { LinkButton } from "@/components/ui/link-button";
import type { TrainingSet } from "@/lib/datasets/training-schema";
import type { Run } from "@/lib/kernel/run";

/** What to do about the errors that people can mend. */
const ADVICE: Record<string, string> = {
  not_found: "The spine's SQL reads something that is neither a source nor a feature group. Correct the name.",
  null_key: "The spine has rows whose key is null. Filter them out, or choose to keep them with null features.",
  missing_key_column: "The rows lack a join key. Add it, or say with the features which column it is.",
  missing_timestamp: "The spine has no time column of that name. Select one, or name the one there is.",
  empty_spine: "The spine gave no rows. Loosen its WHERE.",
  feature_name_collision: "Two columns would have the same name. Give one of the groups a prefix, or leave one out.",
  insufficient_storage: "The disk is full. Make room, then build again.",
  resource_exhausted: "The computation ran out of memory or temporary space. Build with fewer rows.",
  unreadable_file: "The uploaded file has a value that cannot be read. Correct it and upload it again.",
  commit_expired: "What the snapshot points to is past its retention. Choose another, or none.",
  sql_invalid: "The SQL of the spine could not be run. Correct it, then build again.",
};

/** Why a training set could not be built, and what to do. */
export function Failed({ set, run }: { set: TrainingSet; run: Run | null }): React.ReactElement {
  const cancelled = run?.state === "CANCELLED";
  const advice = run?.error ? ADVICE[run.error.code] : undefined;
  return (
    <ErrorState
      heading="h2"
      title={cancelled ? "Building was cancelled" : "This training set could not be built"}
      detail={run?.error && !cancelled ? `${run.error.code}: ${run.error.detail}` : undefined}
      action={<LinkButton href={`/training-sets/new${set.view ? `?view=${set.view}` : ""}`}>Build another</LinkButton>}
    >
      <p>
        Nothing was stored. {advice ?? (cancelled ? "" : "The run's log says more.")} A name is used once, so build
        again under another.
      </p>
    </ErrorState>
  );
}
