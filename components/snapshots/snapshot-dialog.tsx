"use client";

import { Button, Group, Modal, Select, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { Snapshot } from "@/lib/datasets/snapshot-schema";
import classes from "../ui/dialog.module.css";
import { type Answer, type AnswerError, issueAt, issueElsewhere, useAct } from "../ui/use-act";

/** What a snapshot may be made of. */
export type SnapshotSubject =
  | { featureGroup: string; version?: number; commit?: number }
  | { featureView: string; version?: number };

export type NewSnapshot = SnapshotSubject & { name: string; description: string };

/** Names a commit, or what groups and views hold now; the page of the snapshot follows. */
export function SnapshotDialog({
  opened,
  onClose,
  subject,
  choices,
  create,
}: {
  opened: boolean;
  onClose: () => void;
  /** What it will be of, in words; absent: to be chosen. */
  subject?: { words: string; of: SnapshotSubject };
  choices?: { groups: string[]; views: string[] };
  create: (input: NewSnapshot) => Promise<Answer<Snapshot>>;
}): React.ReactElement {
  const router = useRouter();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [error, setError] = useState<AnswerError | null>(null);
  const { pending, act } = useAct();
  const of = subject?.of ?? subjectOf(chosen);
  function close(): void {
    setError(null);
    onClose();
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    const issues = [
      ...(of ? [] : [{ pointer: "/featureGroup", detail: "Choose what it is of" }]),
      ...(name.trim() === "" ? [{ pointer: "/name", detail: "Give it a name" }] : []),
    ];
    if (!of || issues.length > 0) {
      setError({ code: "validation_failed", detail: "", issues });
      return;
    }
    act(() => create({ ...of, name: name.trim(), description: description.trim() }), {
      done: `The snapshot ${name.trim()} is there.`,
      onDone: (made) => router.push(`/snapshots/${made.name}`),
      onError: setError,
    });
  }
  const rest = issueElsewhere(error, ["name", "featureGroup", "description"]);
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={subject ? `Snapshot of ${subject.words}` : "New snapshot"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        <p className={classes.note}>
          A snapshot points to commits and copies nothing. What it points to stays readable until the snapshot is
          deleted.
        </p>
        {choices && (
          <Select
            label="Of"
            placeholder="A feature group or view"
            searchable
            value={chosen}
            error={issueAt(error, "featureGroup")}
            onChange={(value) => {
              setChosen(value);
              setError(null);
            }}
            data={[
              { group: "Feature groups", items: choices.groups.map((one) => ({ value: `group:${one}`, label: one })) },
              { group: "Feature views", items: choices.views.map((one) => ({ value: `view:${one}`, label: one })) },
            ]}
          />
        )}
        <TextInput
          label="Name"
          description="Lower-case letters, digits and _; it cannot be changed later"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={name}
          error={issueAt(error, "name")}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setError(null);
          }}
        />
        <Textarea
          label="What it is for"
          autosize
          minRows={2}
          value={description}
          error={issueAt(error, "description")}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {rest && (
          <p className={classes.error} role="alert">
            {rest}
          </p>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            Create snapshot
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function subjectOf(chosen: string | null): SnapshotSubject | null {
  const [kind, name] = chosen?.split(":") ?? [];
  if (!name) return null;
  return kind === "view" ? { featureView: name } : { featureGroup: name };
}
