import { Button } from "@mantine/core";
import type { RetrievalWarning } from "@/lib/datasets/training-schema";
import { idOfWarning, isLeak } from "./set-draft";
import classes from "./training.module.css";

const TITLES: Record<RetrievalWarning["code"], string> = {
  event_time_is_label_time: "This may know the future",
  associated_with_label: "This may be the label itself",
  always_null: "Never has a value",
  mostly_null: "Mostly null",
  repeated_spine_rows: "Rows come more than once",
  deprecated: "Deprecated",
  label_missing: "The label is missing",
};

const WHY: Partial<Record<RetrievalWarning["code"], string>> = {
  event_time_is_label_time:
    "A value that is written at the moment of the event it should predict is not known before it. A model trained on it looks good here and fails in use.",
  associated_with_label:
    "A feature that nearly equals the label is mostly made from it, or written after it. A model trained on it learns nothing else.",
  always_null: "The keys of your rows may be others than those of the group, or its data begins after your rows.",
};

export type Warning = Pick<RetrievalWarning, "code" | "column" | "detail">;

/** What looks wrong about joined rows, in the server's words; with `decide`, what one can do about each. */
export function WarningList({
  warnings,
  decide,
}: {
  warnings: Warning[];
  decide?: {
    kept: readonly string[];
    /** Whether a column is a feature that can be left out. */
    removable: (column: string | null) => boolean;
    remove: (column: string) => void;
    keep: (id: string, kept: boolean) => void;
  };
}): React.ReactElement {
  return (
    <ul className={classes.warnings} aria-label="Warnings">
      {warnings.map((warning) => {
        const id = idOfWarning(warning);
        const { code, column, detail } = warning;
        const leak = isLeak(warning);
        const kept = decide?.kept.includes(id) ?? false;
        return (
          <li key={`${id} ${detail}`} className={classes.warning} data-leak={leak} data-kept={kept}>
            <h3>
              {TITLES[code]}
              {column && (
                <>
                  : <span className={classes.named}>{column}</span>
                </>
              )}
            </h3>
            <p>{/[.?!]$/.test(detail) ? detail : `${detail}.`}</p>
            {!kept && WHY[code] && <p className={classes.about}>{WHY[code]}</p>}
            {decide && column && decide.removable(column) && (
              <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }}>
                <Button
                  size="compact-xs"
                  variant={leak && !kept ? "filled" : "default"}
                  aria-label={`Remove this feature: ${column}`}
                  onClick={() => decide.remove(column)}
                >
                  Remove this feature
                </Button>
                {leak && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={kept ? `Kept: ${column}. Decide again` : `I know, keep it: ${column}`}
                    onClick={() => decide.keep(id, !kept)}
                  >
                    {kept ? "Kept. Decide again" : "I know, keep it"}
                  </Button>
                )}
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
