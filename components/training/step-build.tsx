"use client";

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState, useTransition } from "react";
import type { CreateTrainingSet } from "@/lib/datasets/training-schema";
import type { Run } from "@/lib/kernel/run";
import { Facts } from "../catalog/section";
import form from "../registry/form.module.css";
import { type Failure, type Outcome, outcomeOf } from "../registry/outcome";
import { formatCount } from "../ui/numbers";
import { isLeak, type OfferedView, requestOf, type SetDraft, suggestName } from "./set-draft";
import { joinsOf } from "./set-joins";
import { errorOfName, STEPS, type Step, stepOfError } from "./set-steps";
import type { StepProps } from "./step-spine";

export type CreateAction = (input: Omit<CreateTrainingSet, "fullFeatureNames">) => Promise<Outcome<{ run: Run }>>;

/** The last step: a name, everything that was chosen in a few words, and the button that builds it. */
export function StepBuild({
  draft,
  choices,
  edit,
  create,
  go,
  onStarted,
  children,
}: StepProps & {
  create: CreateAction;
  go: (step: Step) => void;
  onStarted: (name: string) => void;
  children: React.ReactNode;
}): React.ReactElement {
  const suggested = suggestName(baseOf(draft), choices.taken);
  const name = draft.name === "" ? suggested : draft.name;
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, start] = useTransition();
  const wrong = asked ? errorOfName(name, choices.taken) : undefined;
  const ofName = failure?.code === "already_exists" || failure?.code === "invalid_name" ? failure.detail : undefined;
  const back = failure && !ofName ? STEPS.find(({ value }) => value === stepOfError(failure.code)) : undefined;

  function submit(event: FormEvent): void {
    event.preventDefault();
    setAsked(true);
    setFailure(null);
    if (errorOfName(name, choices.taken)) return;
    start(async () => {
      const answer = await outcomeOf(create({ name, ...requestOf(draft, choices.views) }));
      if (answer.ok) onStarted(name);
      else setFailure(answer.error);
    });
  }

  return (
    <form onSubmit={submit} noValidate className={form.form}>
      <TextInput
        label="Name"
        description="a-z, 0-9 and _, beginning with a letter. It is used once and cannot be changed."
        className={form.mono}
        spellCheck={false}
        autoComplete="off"
        value={name}
        error={wrong ?? ofName}
        onChange={(event) => {
          const typed = event.currentTarget.value;
          setFailure(null);
          edit((now) => ({ ...now, name: typed }));
        }}
      />
      <Facts facts={factsOf(draft, choices.views)} />
      {draft.looked?.unseen && (
        <p className={form.error} role="alert">
          Nobody has seen a preview of this, so it was not checked for values from the future.
        </p>
      )}
      {failure && !ofName && (
        <div className={form.error} role="alert">
          <p>{failure.detail}</p>
          {failure.issues.slice(0, 5).map((issue) => (
            <p key={issue.detail}>{issue.detail}</p>
          ))}
          {back && back.value !== "build" && (
            <p>
              <Button size="compact-xs" variant="default" onClick={() => go(back.value)}>
                Go to {back.label}
              </Button>
            </p>
          )}
        </div>
      )}
      <div className={form.actions}>
        <Button type="submit" size="sm" loading={pending}>
          Build training set
        </Button>
        {children}
      </div>
    </form>
  );
}

function baseOf(draft: SetDraft): string {
  if (draft.source === "view") return `${draft.view}_training`;
  if (draft.spine.kind === "upload") return draft.spine.upload?.name.replace(/\.[^.]*$/, "") ?? "";
  return draft.spine.kind === "group" ? draft.spine.group.name : "";
}

function factsOf(draft: SetDraft, views: OfferedView[]): [string, React.ReactNode][] {
  const joins = joinsOf(draft, views);
  const features = joins.reduce((sum, join) => sum + join.features.length, 0);
  const kept = (draft.looked?.warnings ?? []).filter(isLeak).length;
  const filled = Object.values(draft.fillNull).filter((text) => text !== "").length;
  const limit = draft.rowLimit === "" ? "" : `, at most ${formatCount(Number(draft.rowLimit))}`;
  return [
    ["Rows", `${rowsOf(draft)}${limit}`],
    ["Time", <Mono key="t" text={draft.timestampColumn} />],
    ["Label", draft.label === "" ? "none" : <Mono key="l" text={draft.label} />],
    [
      "Features",
      `${formatCount(features)} of ${joins.map((join) => join.group).join(", ")}${draft.source === "view" ? `, by view ${draft.view}` : ""}`,
    ],
    ["Known from", draft.asKnown === "event_time" ? "event time" : "the time of creation"],
    ["Null keys", draft.nullKeys === "refuse" ? "refused" : "kept"],
    ["Nulls filled", filled === 0 ? null : `in ${formatCount(filled)} columns`],
    ["Split", splitWords(draft)],
    ["Snapshot", draft.snapshot === "" ? null : <Mono key="s" text={draft.snapshot} />],
    ["Warnings kept", kept === 0 ? null : `${formatCount(kept)} that the label may be known already`],
  ];
}

function Mono({ text }: { text: string }): React.ReactElement {
  return <span className="mono">{text}</span>;
}

function rowsOf({ spine, seen }: SetDraft): string {
  const count = seen?.rowCount === null || seen === null ? "" : `${formatCount(seen.rowCount)} `;
  if (spine.kind === "upload") return `${count}of ${spine.upload?.name ?? "a file"}`;
  if (spine.kind === "sql") return `${count}of your SQL`;
  return spine.kind === "group" ? `${count}of ${spine.group.name}` : `${count}that ${spine.view} offers`;
}

function splitWords({ split }: SetDraft): string {
  if (split.by === "none") return "none";
  const parts = split.parts.map((part) => (split.by === "hash" ? `${part.name} ${part.share} %` : part.name));
  return `${split.by === "hash" ? `at random by key, seed ${split.seed === "" ? 0 : split.seed}` : "by time"}: ${parts.join(", ")}`;
}
