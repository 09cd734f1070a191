"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { FactList } from "@/components/catalog/section";
import { formatCount } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { RunProgress } from "@/components/ui/run-progress";
import { useAct } from "@/components/ui/use-act";
import { useRun } from "@/components/ui/use-run";
import { VerifiedTrainingSet } from "@/lib/datasets/training-schema";
import { isFinished, type Run } from "@/lib/kernel/run";
import { verify } from "./actions";
import classes from "./set.module.css";

/** Builds the set again on demand and says whether the rows are the same; the last time stays in sight. */
export function Verification({
  name,
  last,
  refused,
}: {
  name: string;
  /** The newest run that verified it. */
  last: Run | null;
  /** Why it cannot be done, or not by the reader. */
  refused: string | null;
}): React.ReactElement {
  const [started, setStarted] = useState<Run | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { pending, act } = useAct();
  const run = started ?? last;
  return (
    <div className={classes.verify}>
      {run ? <Outcome key={run.id} initial={run} /> : <p className={classes.quiet}>Nobody has tried it yet.</p>}
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      {refused ? (
        <p className={classes.quiet}>{refused}</p>
      ) : (
        <div>
          <Button
            variant="default"
            loading={pending}
            onClick={() => {
              setError(null);
              act(() => verify({ name }), {
                onDone: ({ run }) => setStarted(run),
                onError: (failed) => setError(failed.detail),
              });
            }}
          >
            Rebuild and verify
          </Button>
        </div>
      )}
    </div>
  );
}

function Outcome({ initial }: { initial: Run }): React.ReactElement {
  const { run } = useRun(initial.id, initial);
  const now = run ?? initial;
  if (now.state !== "SUCCEEDED" || !isFinished(initial.state))
    return (
      <>
        <RunProgress runId={initial.id} initial={initial} />
        {now.state === "SUCCEEDED" && <Result run={now} />}
      </>
    );
  return <Result run={now} />;
}

function Result({ run }: { run: Run }): React.ReactElement {
  const result = VerifiedTrainingSet.safeParse(run.result).data;
  if (!result) return <p className={classes.quiet}>The run left no result.</p>;
  const { matches, contentSha256, expected, rowCount } = result;
  return (
    <section className={classes.verdict} data-matches={matches} aria-label="Result of the verification">
      <strong>{matches ? "Matches" : "Differs"}</strong>
      <p>
        {matches
          ? `Built again from its manifest, all ${formatCount(rowCount)} rows are the same, value by value and in the same order.`
          : `Built again from its manifest, the ${formatCount(rowCount)} rows are not those that were recorded. The file that was built stays as it is.`}{" "}
        Tried <RelativeTime at={run.finishedAt} />.
      </p>
      <FactList
        facts={[
          { name: "Recorded", value: <Hash text={expected} /> },
          { name: "Built again", value: <Hash text={contentSha256} /> },
        ]}
      />
    </section>
  );
}

function Hash({ text }: { text: string }): React.ReactElement {
  return (
    <span className="mono" style={{ overflowWrap: "anywhere" }}>
      {text}
    </span>
  );
}
