"use client";

import { Button } from "@mantine/core";
import { useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import type { ApplyDefinitions, Plan } from "@/lib/registry/definition-schema";
import { LoadingState } from "../ui/loading-state";
import { withParams } from "../ui/search-params";
import classes from "./form.module.css";
import { emptyGroup, type GroupDraft, withColumns } from "./group-draft";
import { GroupFeatures } from "./group-features";
import { GroupEntity, GroupTimes, type KnownEntity } from "./group-keys";
import type { DefinitionActions, Outcome } from "./outcome";
import { SqlEditor } from "./sql-editor";
import { useStoredDraft } from "./use-stored-draft";
import steps from "./wizard.module.css";
import { WizardReview } from "./wizard-review";
import { type KnownRelation, WizardSource } from "./wizard-source";
import { errorsOfStep, STEPS, type Step, stepReached } from "./wizard-steps";

export type WizardActions = DefinitionActions & {
  apply(input: ApplyDefinitions): Promise<Outcome<Plan>>;
};

/** Leads from a file to a feature group in five steps; the step is in the address, the draft in this tab. */
export function GroupWizard({
  project,
  relations,
  entities,
  taken,
  source,
  actions,
}: {
  project: string;
  /** Sources and feature groups that SQL may read. */
  relations: KnownRelation[];
  entities: KnownEntity[];
  /** Names that a group cannot have. */
  taken: string[];
  /** The source to begin with, if the address names one. */
  source: string | null;
  actions: WizardActions;
}): React.ReactElement {
  const router = useRouter();
  const params = useSearchParams();
  const initial = useCallback(() => emptyGroup(source), [source]);
  const [draft, change, forget] = useStoredDraft<GroupDraft>(`larder.new-group.${project}`, initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const heading = useRef<HTMLHeadingElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const wanted = STEPS.find(({ value }) => value === params.get("step"))?.value ?? "source";
  const step = draft ? stepReached(wanted, draft, entities) : wanted;
  const seen = useRef(step);

  // A source that the address names starts a draft of its own, unless one is begun already.
  useEffect(() => {
    if (source) change((now) => (now.sources.length === 0 ? { ...now, sources: [source] } : now));
  }, [source, change]);
  useEffect(() => {
    if (seen.current === step) return;
    seen.current = step;
    heading.current?.focus();
  }, [step]);
  useEffect(() => {
    if (Object.keys(errors).length > 0) frame.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors]);

  const edit = useCallback(
    (update: (now: GroupDraft) => GroupDraft) => {
      change(update);
      setErrors({});
    },
    [change],
  );
  function go(to: Step): void {
    setErrors({});
    window.history.pushState(null, "", withParams(window.location.pathname, params, { step: to }));
  }
  function next(): void {
    if (!draft) return;
    const found = errorsOfStep(step, draft, entities);
    const following = STEPS[STEPS.findIndex(({ value }) => value === step) + 1];
    if (Object.keys(found).length > 0) setErrors(found);
    else if (following) go(following.value);
  }
  function onCreated(name: string): void {
    forget();
    router.replace(withParams(window.location.pathname, "", { created: name }));
  }

  if (!draft) return <LoadingState rows={6} label="Reading the draft" />;
  const wide = step === "features" || step === "sql";
  return (
    <div ref={frame}>
      <Steps step={step} draft={draft} entities={entities} go={go} />
      <div className={wide ? `${classes.form} ${classes.wide}` : classes.form}>
        <h2 className={classes.heading} tabIndex={-1} ref={heading}>
          {TITLES[step]}
        </h2>
        {step === "source" && (
          <WizardSource draft={draft} error={errors.sources} relations={relations} actions={actions} change={edit} />
        )}
        {step === "sql" && (
          <SqlEditor
            label="SQL"
            description="One SELECT that gives the keys, a time, and the columns that become features"
            value={draft.sql}
            error={errors.sql}
            onChange={(sql) => edit((now) => ({ ...now, sql, suggested: false, columns: null }))}
            onPreview={(preview) => edit((now) => withColumns(now, preview.columns, entities))}
          />
        )}
        {step === "keys" && (
          <>
            <GroupEntity draft={draft} errors={errors} entities={entities} fixed={false} change={edit} />
            <GroupTimes draft={draft} errors={errors} fixed={false} change={edit} />
          </>
        )}
        {step === "features" && <GroupFeatures isNew draft={draft} errors={errors} change={edit} />}
        {step === "review" ? (
          <WizardReview draft={draft} taken={taken} actions={actions} change={edit} onCreated={onCreated}>
            <Back step={step} go={go} />
          </WizardReview>
        ) : (
          <div className={classes.actions}>
            <Button size="sm" onClick={next}>
              Continue
            </Button>
            <Back step={step} go={go} />
            <StartOver
              onPress={() => {
                forget();
                go("source");
              }}
            />
          </div>
        )}
      </div>
    </div>
  );
}

const TITLES: Record<Step, string> = {
  source: "Where do the rows come from?",
  sql: "Which columns, and how are they made?",
  keys: "What is a row about, and when was it true?",
  features: "What do the columns mean?",
  review: "What will be registered",
};

function Steps({
  step,
  draft,
  entities,
  go,
}: {
  step: Step;
  draft: GroupDraft;
  entities: KnownEntity[];
  go: (to: Step) => void;
}): React.ReactElement {
  return (
    <nav aria-label="Steps">
      <ol className={steps.steps}>
        {STEPS.map(({ value, label }, index) => {
          const reachable = stepReached(value, draft, entities) === value;
          const done =
            reachable && Object.keys(errorsOfStep(value, draft, entities)).length === 0 && value !== "review";
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

function Back({ step, go }: { step: Step; go: (to: Step) => void }): ReactNode {
  const before = STEPS[STEPS.findIndex(({ value }) => value === step) - 1];
  if (!before) return null;
  return (
    <Button size="sm" variant="default" onClick={() => go(before.value)}>
      Back
    </Button>
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
