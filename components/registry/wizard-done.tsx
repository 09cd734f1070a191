"use client";

import { Button } from "@mantine/core";
import { type ReactNode, useState, useTransition } from "react";
import type { Run } from "@/lib/kernel/run";
import { groupHref } from "../catalog/links";
import { LinkButton } from "../ui/link-button";
import { RunProgress } from "../ui/run-progress";
import classes from "./form.module.css";
import { type Outcome, outcomeOf } from "./outcome";

/** What comes after a group was registered: compute it, and ask for it to go live. */
export function WizardDone({
  group,
  computed,
  refresh,
  children,
}: {
  group: string;
  /** It has rows already. */
  computed: boolean;
  refresh: (input: { groups: string[] }) => Promise<Outcome<{ run: Run }>>;
  /** Where one asks for its features to go live. */
  children: ReactNode;
}): React.ReactElement {
  const [run, setRun] = useState<Run | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [pending, start] = useTransition();
  function compute(): void {
    start(async () => {
      const answer = await outcomeOf(refresh({ groups: [group] }));
      if (answer.ok) setRun(answer.data.run);
      else setError(answer.error.detail);
    });
  }
  return (
    <div className={classes.form}>
      <h2 className={classes.heading}>
        The feature group <span className="mono">{group}</span> is registered
      </h2>
      <p className={classes.quiet}>
        Its features are DRAFT: nobody but scientists and engineers reads their values. Compute them, look at their
        statistics, then ask for them to go live; somebody else approves.
      </p>
      {run && <RunProgress runId={run.id} initial={run} />}
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      <div className={classes.actions}>
        {!run && !computed && (
          <Button loading={pending} onClick={compute}>
            Compute now
          </Button>
        )}
        {children}
        <LinkButton variant={run || computed ? "filled" : "default"} href={groupHref(group)}>
          Open the group
        </LinkButton>
      </div>
    </div>
  );
}
