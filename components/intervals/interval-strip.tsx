import { INTERVAL_STATES, type IntervalList } from "@/lib/datasets/interval-schema";
import { countWords, intervalLabel, stateWords } from "./interval-words";
import classes from "./intervals.module.css";

const WORDS = { computed: "computed", stale: "stale", missing: "missing" };

/** Intervals side by side, oldest first, each with a look of its own; the table beside it says the same in words. */
export function IntervalStrip({ list }: { list: IntervalList }): React.ReactElement {
  const shown = [...list.items].reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  const span = first && last ? `, shown from ${intervalLabel(first)} to ${intervalLabel(last)}` : "";
  return (
    <>
      <div className={classes.strip} role="img" aria-label={`${countWords(list)}${span}`}>
        {shown.map((item) => (
          <span
            key={item.start}
            className={`${classes.cell} ${classes[item.state]}`}
            title={`${intervalLabel(item)}: ${stateWords(item).toLowerCase()}`}
          />
        ))}
      </div>
      <p className={classes.legend}>
        {INTERVAL_STATES.map((state) => (
          <span key={state}>
            <span className={`${classes.cell} ${classes.key} ${classes[state]}`} aria-hidden />
            {WORDS[state]}
          </span>
        ))}
      </p>
    </>
  );
}
