"use client";

import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState, useTransition } from "react";
import {
  type Definition,
  EntityDefinition,
  FeatureGroupDefinition,
  type PlanStep,
} from "@/lib/registry/definition-schema";
import classes from "./form.module.css";
import { DescribedFields, FormProblem, NameField } from "./form-parts";
import { definitionsOf, type GroupDraft } from "./group-draft";
import { GroupTiming } from "./group-timing";
import type { WizardActions } from "./group-wizard";
import { NO_PROBLEMS, outcomeOf, type Problems, problemsOf, problemsOfFailure } from "./outcome";
import { PlanReview, yamlOf } from "./plan-review";
import { NO_TIMING } from "./timing-draft";
import { errorsOfReview } from "./wizard-steps";

type Planned = { steps: PlanStep[]; definitions: Definition[] };

/** The last step: a name and words, what would be registered, and a second press that does it. */
export function WizardReview({
  draft,
  taken,
  actions,
  change,
  onCreated,
  children,
}: {
  draft: GroupDraft;
  taken: string[];
  actions: WizardActions;
  change: (update: (now: GroupDraft) => GroupDraft) => void;
  onCreated: (name: string) => void;
  children: ReactNode;
}): React.ReactElement {
  const [problems, setProblems] = useState<Problems>(NO_PROBLEMS);
  const [planned, setPlanned] = useState<Planned | null>(null);
  const [pending, start] = useTransition();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (Object.keys(problems.fields).length > 0)
      frame.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);
  const put = (part: Partial<GroupDraft>): void => {
    setPlanned(null);
    setProblems(NO_PROBLEMS);
    change((now) => ({ ...now, ...part }));
  };

  /** The definitions with everything that is left out filled in, or null when something is wrong. */
  function definitions(): { group: FeatureGroupDefinition; entity: EntityDefinition | null } | null {
    const fields = errorsOfReview(draft, new Set(taken));
    if (Object.keys(fields).length > 0) {
      setProblems({ fields, others: [] });
      return null;
    }
    const { group, entity } = definitionsOf(draft);
    const checked = FeatureGroupDefinition.safeParse(group);
    if (!checked.success) {
      setProblems(problemsOf(checked.error.issues));
      return null;
    }
    return { group: checked.data, entity: entity && EntityDefinition.parse(entity) };
  }

  function plan(): void {
    const wanted = definitions();
    if (!wanted) return;
    const { group, entity } = wanted;
    start(async () => {
      if (!entity) {
        const answer = await outcomeOf(actions.plan({ definition: group }));
        if (answer.ok) setPlanned({ steps: [answer.data], definitions: [group] });
        else setProblems(problemsOfFailure(answer.error));
        return;
      }
      // A group of an entity that is not there yet is only right together with it.
      const files = [{ path: "definitions.yaml", text: yamlOf([entity, group]) }];
      const answer = await outcomeOf(actions.apply({ files, dryRun: true }));
      if (answer.ok) setPlanned({ steps: answer.data.steps, definitions: [entity, group] });
      else setProblems(problemsOfFailure(answer.error));
    });
  }

  function create(): void {
    const wanted = definitions();
    if (!wanted) return;
    const { group, entity } = wanted;
    start(async () => {
      if (entity) {
        const answer = await outcomeOf(actions.create({ definition: entity }));
        if (!answer.ok) {
          setPlanned(null);
          return setProblems({ fields: {}, others: [answer.error.detail] });
        }
        // It is there now, also if the group is refused.
        const keys = Object.fromEntries(entity.joinKeys.map((key) => [key.name, key.name]));
        change((now) => ({ ...now, newEntity: null, entity: entity.name, keys }));
      }
      const answer = await outcomeOf(actions.create({ definition: group }));
      if (answer.ok) return onCreated(group.name);
      setPlanned(null);
      setProblems(problemsOfFailure(answer.error));
    });
  }

  return (
    <div ref={frame} className={classes.form}>
      <NameField name={draft.name} isNew error={problems.fields.name} change={(name) => put({ name })} />
      <DescribedFields draft={draft} errors={problems.fields} change={put} />
      <GroupTiming
        timing={draft.timing}
        errors={problems.fields}
        change={(update) => put({ timing: update(draft.timing ?? NO_TIMING) })}
      />
      <FormProblem
        problems={problems}
        shown={(path) => /^(name|description|owner|tags|schedule|incremental)/.test(path)}
      />
      {planned && <PlanReview steps={planned.steps} definitions={planned.definitions} />}
      <div className={classes.actions}>
        {planned ? (
          <Button size="sm" loading={pending} onClick={create}>
            Create feature group
          </Button>
        ) : (
          <Button size="sm" loading={pending} onClick={plan}>
            Check and show the plan
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}
