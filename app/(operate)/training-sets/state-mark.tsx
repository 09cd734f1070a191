import type { TrainingSet } from "@/lib/datasets/training-schema";
import classes from "./state-mark.module.css";

const LOOK = {
  BUILDING: { sign: "▸", word: "Building" },
  READY: { sign: "●", word: "Ready" },
  FAILED: { sign: "■", word: "Failed" },
} as const;

/** The state of a training set: a word and a mark of its own shape. */
export function StateMark({ state }: { state: TrainingSet["state"] }): React.ReactElement {
  return (
    <span className={classes.mark} data-state={state}>
      <span aria-hidden>{LOOK[state].sign}</span>
      {LOOK[state].word}
    </span>
  );
}
