"use client";

import { Button, Group, Loader, MultiSelect, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState, useTransition } from "react";
import { titleOf } from "@/components/changes/words";
import classes from "@/components/ui/dialog.module.css";
import type { AnswerError } from "@/components/ui/use-act";
import type { ChangePlan } from "@/lib/registry/change-schema";
import { plan, request } from "./actions";
import type { PossibleMove } from "./moves";
import { PlanView } from "./plan-view";
import { ReplacementInput } from "./replacement-input";

type Draft = { reason: string; note: string; retireOn: string; replacement: string };
type Field = keyof Draft;
const POINTERS: Record<string, Field> = {
  "/reason": "reason",
  "/deprecation/note": "note",
  "/deprecation/retireOn": "retireOn",
  "/deprecation/replacement": "replacement",
};

const today = (): string => new Date().toISOString().slice(0, 10);

function missingIn(draft: Draft, deprecates: boolean): Partial<Draft> {
  const missing: Partial<Draft> = {};
  if (!draft.reason.trim()) missing.reason = "Whoever decides needs to know why";
  if (!deprecates) return missing;
  if (!draft.note.trim()) missing.note = "Readers need to know why it goes, and what to do";
  if (!/^\d{4}-\d\d-\d\d$/.test(draft.retireOn)) missing.retireOn = "A day is needed";
  else if (draft.retireOn < today()) missing.retireOn = "This day has passed";
  return missing;
}

/** The server's refusal, by the field it is about; what belongs to no field is left. */
function byField(error: AnswerError): { fields: Partial<Draft>; rest: string[] } {
  const fields: Partial<Draft> = {};
  const rest: string[] = [];
  for (const issue of error.issues) {
    const field = issue.pointer ? POINTERS[issue.pointer] : undefined;
    if (field) fields[field] = issue.detail;
    else rest.push(issue.detail);
  }
  return { fields, rest: error.issues.length === 0 ? [error.detail] : rest };
}

/** What the question is about and would do, then why it is asked: the body of the dialog. */
export function RequestForm({
  group,
  version,
  move,
  choosable,
  onClose,
}: {
  group: string;
  version: number;
  move: PossibleMove;
  /** Whether some of the features can be left out. */
  choosable: boolean;
  onClose: () => void;
}): React.ReactElement {
  const router = useRouter();
  const [chosen, setChosen] = useState<string[]>([]);
  const [draft, setDraft] = useState<Draft>({ reason: "", note: "", retireOn: "", replacement: "" });
  const [errors, setErrors] = useState<Partial<Draft>>({});
  const [refused, setRefused] = useState<string[]>([]);
  const [pending, start] = useTransition();
  const form = useRef<HTMLFormElement>(null);
  const deprecates = move.target === "DEPRECATED";
  const asked = {
    group,
    version,
    features: chosen.length > 0 ? chosen : move.features,
    targetStatus: move.target,
  };
  const planned = useQuery({
    queryKey: ["change-plan", asked],
    queryFn: async (): Promise<ChangePlan> => {
      const answer = await plan(asked);
      if (answer.ok) return answer.data;
      throw new Error(answer.error.detail);
    },
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const blocked = (planned.data?.blockers.length ?? 0) > 0;
  const set = (field: Field) => (value: string) => {
    setDraft((now) => ({ ...now, [field]: value }));
    setErrors(({ [field]: _, ...others }) => others);
    setRefused([]);
  };

  function refuse(found: Partial<Draft>): void {
    setErrors(found);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const missing = missingIn(draft, deprecates);
    if (Object.keys(missing).length > 0) {
      refuse(missing);
      return;
    }
    const { reason, note, retireOn, replacement } = draft;
    const deprecation = { note, retireOn, replacement: replacement.trim() || null };
    start(async () => {
      const answer = await request({ ...asked, reason, ...(deprecates ? { deprecation } : {}) });
      if (!answer.ok) {
        const { fields, rest } = byField(answer.error);
        refuse(fields);
        setRefused(rest);
        return;
      }
      notifications.show({
        title: `Change request #${answer.data.number} is open`,
        message: `${titleOf(answer.data)}: somebody else decides now.`,
      });
      router.refresh();
      onClose();
    });
  }

  return (
    <form ref={form} className={classes.form} onSubmit={submit} noValidate>
      {choosable && (
        <MultiSelect
          label="Features"
          description={`None chosen: all ${move.features.length} that can make the move`}
          placeholder={chosen.length === 0 ? `All ${move.features.length}` : undefined}
          data={move.features}
          value={chosen}
          onChange={setChosen}
          limit={100}
          searchable
          clearable
          hidePickedOptions
          clearButtonProps={{ "aria-label": "Take all of them again" }}
        />
      )}
      {planned.isPending && (
        <p className={classes.note} role="status">
          <Loader size={13} mr={8} /> Looking at what this would touch…
        </p>
      )}
      {planned.isError && (
        <p className={classes.error} role="alert">
          {planned.error.message}
        </p>
      )}
      {planned.data && <PlanView plan={planned.data} target={move.target} refused={refused} />}
      {deprecates && (
        <>
          <Textarea
            label="Note to its readers"
            description="Shown on the feature, and sent along with every value until it is retired."
            autosize
            minRows={2}
            required
            maxLength={2000}
            value={draft.note}
            error={errors.note}
            onChange={(event) => set("note")(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="May be retired from"
            required
            min={today()}
            value={draft.retireOn}
            error={errors.retireOn}
            onChange={(event) => set("retireOn")(event.currentTarget.value)}
          />
          <ReplacementInput value={draft.replacement} error={errors.replacement} onChange={set("replacement")} />
        </>
      )}
      <Textarea
        label="Reason"
        description="For whoever decides."
        autosize
        minRows={2}
        required
        maxLength={2000}
        value={draft.reason}
        error={errors.reason}
        onChange={(event) => set("reason")(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="xs">
        {blocked && <span className={classes.note}>It cannot be asked for while something stands against it.</span>}
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={pending} disabled={!planned.data || blocked}>
          Request{" "}
          {move.target === "ACTIVE" ? "activation" : move.target === "DEPRECATED" ? "deprecation" : "retirement"}
        </Button>
      </Group>
    </form>
  );
}
