"use client";

import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { LinkButton } from "../ui/link-button";
import { ConflictView } from "./conflict-view";
import classes from "./form.module.css";
import { FormProblem } from "./form-parts";
import { KIND_WORDS } from "./kind-words";
import { PlanReview } from "./plan-review";
import type { DefinitionFormState } from "./use-definition-form";

/** The frame of every form of a definition: its fields, then what saving would do, then a second press that saves. */
export function DefinitionForm<D>({
  form,
  cancel,
  wide = false,
  shown,
  children,
}: {
  form: DefinitionFormState<D>;
  /** Where leaving without saving leads. */
  cancel: string;
  wide?: boolean;
  /** Whether a field stands in the form and says itself what is wrong with it. */
  shown: (path: string) => boolean;
  children: ReactNode;
}): React.ReactElement {
  const { phase, problems, pending, isNew } = form;
  const word = KIND_WORDS[form.kind].word;
  const frame = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (phase !== "edit") heading.current?.focus();
  }, [phase]);
  // Where something is wrong is where the reader goes on.
  useEffect(() => {
    if (Object.keys(problems.fields).length > 0)
      frame.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);
  const className = wide ? `${classes.form} ${classes.wide}` : classes.form;

  if (phase === "conflict" && form.conflict)
    return (
      <div className={className}>
        <h2 className={classes.heading} tabIndex={-1} ref={heading}>
          Somebody else has changed this meanwhile
        </h2>
        <ConflictView conflict={form.conflict} pending={pending} onResolve={form.resolve} onBack={form.back} />
      </div>
    );
  return (
    <form
      ref={frame}
      className={className}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (phase === "review") form.save();
        else form.review();
      }}
    >
      {phase === "edit" && (
        <>
          {children}
          <FormProblem problems={problems} shown={shown} />
          <div className={classes.actions}>
            <Button type="submit" size="sm" loading={pending}>
              {isNew ? `Review the new ${word}` : "Review changes"}
            </Button>
            <LinkButton href={cancel} size="sm" variant="default">
              Cancel
            </LinkButton>
          </div>
        </>
      )}
      {phase === "review" && form.plan && form.definition && (
        <>
          <h2 className={classes.heading} tabIndex={-1} ref={heading}>
            {isNew ? "This will be registered" : "This will change"}
          </h2>
          <PlanReview steps={[form.plan]} definitions={[form.definition]} />
          <div className={classes.actions}>
            {form.plan.action !== "unchanged" && (
              <Button type="submit" size="sm" loading={pending}>
                {saveWords(form.plan, word)}
              </Button>
            )}
            <Button size="sm" variant="default" onClick={form.back} disabled={pending}>
              Back to the form
            </Button>
          </div>
        </>
      )}
    </form>
  );
}

function saveWords(plan: NonNullable<DefinitionFormState<unknown>["plan"]>, word: string): string {
  if (plan.action === "create") return `Register ${word}`;
  const versioned = plan.kind !== "project" && KIND_WORDS[plan.kind].versioned;
  return plan.grade === "BREAKING" && versioned ? `Save as version ${plan.version}` : "Save changes";
}
