"use client";

import { Button } from "@mantine/core";
import { useState, useTransition } from "react";
import { RunProgress } from "@/components/ui/run-progress";
import type { Run } from "@/lib/kernel/run";
import { loadGroups } from "./actions";

/** Starts loading groups into the online store and shows the run where the button was. */
export function LoadButton({ groups }: { groups: string[] }): React.ReactElement {
  const [pending, start] = useTransition();
  const [run, setRun] = useState<Run | null>(null);
  const [error, setError] = useState<string | null>(null);
  if (run) return <RunProgress runId={run.id} initial={run} />;
  return (
    <>
      <Button
        variant="default"
        loading={pending}
        onClick={() =>
          start(async () => {
            const answer = await loadGroups(groups);
            if (answer.ok) setRun(answer.data.run);
            else setError(answer.error.detail);
          })
        }
      >
        Load {groups.length === 1 ? groups[0] : `${groups.length} groups`} now
      </Button>
      {error && <p role="alert">The run did not start: {error}</p>}
    </>
  );
}
