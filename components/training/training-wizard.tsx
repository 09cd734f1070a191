"use client";

import { Button } from "@mantine/core";
import { useRouter, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { JoinKey } from "@/lib/registry/definition-schema";
import form from "../registry/form.module.css";
import { useStoredDraft } from "../registry/use-stored-draft";
import steps from "../registry/wizard.module.css";
import { LoadingState } from "../ui/loading-state";
import { withParams } from "../ui/search-params";
import { type Choices, emptySet, type OfferedView, type SetDraft } from "./set-draft";
import { errorsOfStep, STEPS, type Step, stepReached } from "./set-steps";
import { type CreateAction, StepBuild } from "./step-build";
import { StepFeatures } from "./step-features";
import { StepOptions } from "./step-options";
import { StepPreview } from "./step-preview";
import { StepSpine } from "./step-spine";

/** Leads from rows to a training set in five steps; the step is in the address, the draft in this tab. */
export function TrainingWizard({
  project,
  views,
  joinKeys,
  snapshots,
  taken,
  view,
  create,
}: {
  project: string;
  views: OfferedView[];
  joinKeys: Record<string, JoinKey[]>;
  snapshots: string[];
  taken: string[];
  /** The view to begin with, if the address names one. */
  view: string | null;
  create: CreateAction;
}): React.ReactElement {
  const router = useRouter();
  const params = useSearchParams();
  const choices = useMemo<Choices>(
    () => ({ views, joinKeys, snapshots, taken: new Set(taken) }),
    [views, joinKeys, snapshots, taken],
  );
  const initial = useCallback(() => emptySet(views, view), [views, view]);
  const [draft, change, forget] = useStoredDraft<SetDraft>(`larder.new-training-set.${project}.${view ?? ""}`, initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const heading = useRef<HTMLHeadingElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const wanted = STEPS.find(({ value }) => value === params.get("step"))?.value ?? "spine";
  const step = draft ? stepReached(wanted, draft, choices) : wanted;
  const seen = useRef(step);

  useEffect(() => {
    if (seen.current === step) return;
    seen.current = step;
    heading.current?.focus();
  }, [step]);
  useEffect(() => {
    if (Object.keys(errors).length === 0) return;
    const wrong = frame.current?.querySelector<HTMLElement>("[aria-invalid=true], [role=alert]");
    if (wrong?.matches("[role=alert]")) wrong.scrollIntoView({ block: "nearest" });
    else wrong?.focus();
  }, [errors]);

  const edit = useCallback(
    (update: (now: SetDraft) => SetDraft) => {
      change(update);
      setErrors((now) => (Object.keys(now).length === 0 ? now : {}));
    },
    [change],
  );
  function go(to: Step): void {
    setErrors({});
    window.history.pushState(null, "", withParams(window.location.pathname, params, { step: to }));
  }
  function next(): void {
    if (!draft) return;
    const found = errorsOfStep(step, draft, choices);
    const following = STEPS[STEPS.findIndex(({ value }) => value === step) + 1];
    if (Object.keys(found).length > 0) setErrors(found);
    else if (following) go(following.value);
  }
  function onStarted(name: string): void {
    router.push(`/training-sets/${name}`);
    forget();
  }

  if (!draft) return <LoadingState rows={6} label="Reading the draft" />;
  const before = STEPS[STEPS.findIndex(({ value }) => value === step) - 1];
  const back = before && (
    <Button size="sm" variant="default" onClick={() => go(before.value)}>
      Back
    </Button>
  );
  const props = { draft, errors, choices, edit };
  const wide = step === "features" || step === "preview" || (step === "spine" && draft.spine.kind === "sql");
  return (
    <div ref={frame}>
      <Steps step={step} draft={draft} choices={choices} go={go} />
      <div className={wide ? `${form.form} ${form.wide}` : form.form}>
        <h2 className={form.heading} tabIndex={-1} ref={heading}>
          {STEPS.find(({ value }) => value === step)?.title}
        </h2>
        {step === "spine" && <StepSpine {...props} />}
        {step === "features" && <StepFeatures {...props} />}
        {step === "preview" && <StepPreview {...props} />}
        {step === "options" && <StepOptions {...props} />}
        {step === "build" ? (
          <StepBuild {...props} create={create} go={go} onStarted={onStarted}>
            {back}
          </StepBuild>
        ) : (
          <div className={form.actions}>
            <Button size="sm" onClick={next}>
              Continue
            </Button>
            {back}
            <StartOver
              onPress={() => {
                forget();
                go("spine");
              }}
            />
          </div>
        )}
      </div>
    </div>
  );
}

function Steps({
  step,
  draft,
  choices,
  go,
}: {
  step: Step;
  draft: SetDraft;
  choices: Choices;
  go: (to: Step) => void;
}): React.ReactElement {
  return (
    <nav aria-label="Steps">
      <ol className={steps.steps}>
        {STEPS.map(({ value, label }, index) => {
          const reachable = stepReached(value, draft, choices) === value;
          const done = reachable && value !== "build" && Object.keys(errorsOfStep(value, draft, choices)).length === 0;
          return (
            <li key={value}>
              <button
                type="button"
                className={steps.step}
                aria-current={value === step ? "step" : undefined}
                data-done={done && value !== step}
                disabled={!reachable}
                onClick={() => go(value)}
              >
                <span className={steps.number} aria-hidden>
                  {index + 1}
                </span>
                {label}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** Throws the draft away at the second press. */
function StartOver({ onPress }: { onPress: () => void }): React.ReactElement {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      size="sm"
      variant="subtle"
      color="gray"
      onBlur={() => setAsked(false)}
      onClick={() => {
        setAsked(!asked);
        if (asked) onPress();
      }}
    >
      {asked ? "Press again to lose the draft" : "Start over"}
    </Button>
  );
}
