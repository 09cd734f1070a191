"use client";

import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import {
  type DefinableKind,
  DefinitionOf,
  type PlanStep,
  type StoredDefinitionAnswer,
} from "@/lib/registry/definition-schema";
import { compareThree, type FieldChange, mergeThree, type Side } from "./conflict";
import { definitionHref } from "./kind-words";
import {
  type Definable,
  type DefinitionActions,
  NO_PROBLEMS,
  type Outcome,
  outcomeOf,
  type Problems,
  problemsOf,
  problemsOfFailure,
} from "./outcome";

/** Somebody else has saved in the meantime: what is there now, and every field that differs. */
export type Conflict = { theirs: StoredDefinitionAnswer; changes: FieldChange[] };

export type DefinitionFormState<D> = {
  kind: DefinableKind;
  draft: D;
  change: (part: Partial<D>) => void;
  /** The same for what depends on how the draft stands now. */
  edit: (update: (now: D) => D) => void;
  problems: Problems;
  isNew: boolean;
  phase: "edit" | "review" | "conflict";
  pending: boolean;
  plan: PlanStep | null;
  definition: Definable | null;
  conflict: Conflict | null;
  /** Checks what is written and shows what saving it would do. */
  review: () => void;
  save: () => void;
  back: () => void;
  resolve: (chosen: Record<string, Side>) => void;
};

type Options<D> = {
  kind: DefinableKind;
  /** What is changed; null: something new. */
  stored: StoredDefinitionAnswer | null;
  draft: () => D;
  definitionOf: (draft: D) => unknown;
  draftOf: (definition: Definable) => D;
  actions: DefinitionActions;
  /** Saves in another way than as a whole definition. */
  saveAs?: (definition: Definable, expectedRevision: number) => Promise<Outcome<StoredDefinitionAnswer>>;
  /** Where saving leads, where that is not the page of the definition. */
  href?: string;
};

/** The course of a form: write, see what it would do, save; and when somebody else was faster, choose and save again. */
export function useDefinitionForm<D>(options: Options<D>): DefinitionFormState<D> {
  const { kind, actions, draftOf } = options;
  const router = useRouter();
  const [stored, setStored] = useState(options.stored);
  const [draft, setDraft] = useState(options.draft);
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const [reviewed, setReviewed] = useState<{ plan: PlanStep; definition: Definable } | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [pending, start] = useTransition();
  const going = useRef(false);

  function parse(of: D): Definable | null {
    const parsed = DefinitionOf[kind].safeParse(options.definitionOf(of));
    setProblems(parsed.success ? NO_PROBLEMS : problemsOf(parsed.error.issues));
    return parsed.success ? parsed.data : null;
  }

  /** One thing at a time, however often a button is pressed. */
  function run(work: () => Promise<void>): void {
    if (going.current) return;
    going.current = true;
    start(async () => {
      await work().finally(() => {
        going.current = false;
      });
    });
  }

  async function planned(definition: Definable): Promise<void> {
    const answer = await outcomeOf(actions.plan({ definition }));
    setConflict(null);
    if (!answer.ok) {
      setReviewed(null);
      return setProblems(problemsOfFailure(answer.error));
    }
    if (!stored && answer.data.action !== "create")
      return setProblems({ fields: { name: `${definition.name} is taken already; choose another name` }, others: [] });
    setReviewed({ plan: answer.data, definition });
  }

  async function saved(definition: Definable): Promise<void> {
    const write = stored
      ? (options.saveAs?.(definition, stored.revision) ??
        actions.update({ definition, expectedRevision: stored.revision }))
      : actions.create({ definition });
    const answer = await outcomeOf(write);
    if (answer.ok) {
      notifications.show({ message: `${definition.name} is ${stored ? "saved" : "registered"}.` });
      router.push(options.href ?? definitionHref(kind, definition.name));
      router.refresh();
      return;
    }
    if (answer.error.code === "version_mismatch" && stored) return conflicted(definition, stored);
    setReviewed(null);
    setProblems(problemsOfFailure(answer.error));
  }

  async function conflicted(mine: Definable, base: StoredDefinitionAnswer): Promise<void> {
    const now = await outcomeOf(actions.get({ kind, name: base.name }));
    if (!now.ok) {
      setReviewed(null);
      return setProblems(problemsOfFailure(now.error));
    }
    setConflict({ theirs: now.data, changes: compareThree(base.definition, now.data.definition, mine) });
  }

  return {
    kind,
    draft,
    change: (part) => {
      setDraft((now) => ({ ...now, ...part }));
      setProblems(NO_PROBLEMS);
    },
    edit: (update) => {
      setDraft(update);
      setProblems(NO_PROBLEMS);
    },
    problems,
    isNew: stored === null,
    phase: conflict ? "conflict" : reviewed ? "review" : "edit",
    pending,
    plan: reviewed?.plan ?? null,
    definition: reviewed?.definition ?? null,
    conflict,
    review: () => {
      const definition = parse(draft);
      if (definition) run(() => planned(definition));
    },
    save: () => {
      if (reviewed) run(() => saved(reviewed.definition));
    },
    back: () => {
      setReviewed(null);
      setConflict(null);
    },
    resolve: (chosen) => {
      if (!conflict) return;
      const merged = mergeThree(conflict.theirs.definition, conflict.changes, chosen) as Definable;
      setStored(conflict.theirs);
      setDraft(draftOf(merged));
      run(() => planned(merged));
    },
  };
}
