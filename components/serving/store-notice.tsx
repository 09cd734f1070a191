import type { CSSProperties } from "react";
import type { ServingOverview } from "@/lib/serving/figures-schema";
import classes from "./serving.module.css";

type State = ServingOverview["store"]["state"];

const LOOKS: Record<State, { tone: string; round: string; word: string }> = {
  up: { tone: "ok", round: "50%", word: "Up" },
  down: { tone: "danger", round: "0", word: "Down" },
  incomplete: { tone: "warn", round: "2px", word: "Incomplete" },
};

/** Whether the online store can be relied on: a word, and a mark whose shape differs too. */
export function StoreMark({ state }: { state: State }): React.ReactElement {
  const { tone, round, word } = LOOKS[state];
  return (
    <span className={classes.mark} style={{ "--tone": `var(--larder-${tone})`, "--round": round } as CSSProperties}>
      {word}
    </span>
  );
}

/** What is wrong with the online store and what to do about it; nothing while it is up. */
export function StoreNotice({ store }: { store: ServingOverview["store"] }): React.ReactElement | null {
  if (store.state === "up") return null;
  const down = store.state === "down";
  return (
    <section
      className={classes.notice}
      style={{ "--tone": `var(--larder-${down ? "danger" : "warn"})` } as CSSProperties}
      aria-label="Online store"
    >
      <strong>{down ? "The online store does not answer." : "The online store has lost rows."}</strong>
      {store.detail && <p className="mono">{store.detail}</p>}
      <p>
        {down
          ? "Reads are answered with 503 until it is back; nothing has to be done here then. Look at the store itself: whether it runs, can be reached from this machine, and has room."
          : "A key that is not there may have been lost, so such reads are answered with 503 instead of NOT_FOUND. Materialize the groups below again: the store can always be rebuilt from history."}
      </p>
    </section>
  );
}
