"use client";

import { Button, Group, Modal, Select, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import classes from "@/components/ui/dialog.module.css";
import { ROLE_OPTIONS, ROLE_WORDS, toRole } from "@/components/ui/role-words";
import { type AnswerError, issueAt, issueElsewhere, useAct } from "@/components/ui/use-act";
import type { Role } from "@/lib/kernel/actor";
import { addServiceAccount } from "./actions";

type Draft = { name: string; description: string; role: Role; sensitive: boolean };
const EMPTY: Draft = { name: "", description: "", role: "viewer", sensitive: false };

/** A name that is taken belongs to the name's field. */
function atField(error: AnswerError): AnswerError {
  if (error.code !== "already_exists") return error;
  return { ...error, issues: [{ pointer: "/name", detail: error.detail }] };
}

/** Asks what a new service account is called and what it may do. */
export function ServiceAccountDialog({
  opened,
  onClose,
}: {
  opened: boolean;
  onClose: () => void;
}): React.ReactElement {
  const [draft, setDraft] = useState(EMPTY);
  const [error, setError] = useState<AnswerError | null>(null);
  const { pending, act } = useAct();
  const change = (part: Partial<Draft>): void => {
    setDraft((now) => ({ ...now, ...part }));
    setError(null);
  };
  function leave(): void {
    onClose();
    setDraft(EMPTY);
    setError(null);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    act(() => addServiceAccount(draft), {
      done: `${draft.name} is there; give it a token`,
      onDone: leave,
      onError: (failed) => setError(atField(failed)),
    });
  }
  const rest = issueElsewhere(error, ["name", "description"]);
  return (
    <Modal opened={opened} onClose={leave} title="New service account" closeButtonProps={{ "aria-label": "Close" }}>
      <form className={classes.form} onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          description="a-z, 0-9 and _"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={draft.name}
          error={issueAt(error, "name")}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label="What it is for"
          autoComplete="off"
          value={draft.description}
          error={issueAt(error, "description")}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Select
          label="Role"
          description={ROLE_WORDS[draft.role]}
          inputWrapperOrder={["label", "input", "description", "error"]}
          allowDeselect={false}
          data={ROLE_OPTIONS}
          value={draft.role}
          onChange={(value) => change({ role: toRole(value) ?? "viewer" })}
        />
        <Switch
          size="xs"
          label="Sensitive reader"
          description="May read the values of features that are marked personal"
          checked={draft.sensitive}
          onChange={(event) => change({ sensitive: event.currentTarget.checked })}
        />
        {rest && (
          <p className={classes.error} role="alert">
            {rest}
          </p>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={leave}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Create
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
