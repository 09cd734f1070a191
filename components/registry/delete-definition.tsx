"use client";

import { Button, Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ErrorIssue } from "@/lib/kernel/errors";
import type { DefinableKind } from "@/lib/registry/definition-schema";
import classes from "./form.module.css";
import { definitionHref, KIND_WORDS } from "./kind-words";
import { type Failure, type Outcome, outcomeOf } from "./outcome";

/** Deletes a definition after its name was typed; what depends on it is named with links. */
export function DeleteDefinition({
  kind,
  name,
  opened,
  onClose,
  remove,
}: {
  kind: DefinableKind;
  name: string;
  opened: boolean;
  onClose: () => void;
  remove: (input: { kind: DefinableKind; name: string }) => Promise<Outcome<unknown>>;
}): React.ReactElement {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, start] = useTransition();
  const { word, list } = KIND_WORDS[kind];
  function close(): void {
    setTyped("");
    setFailure(null);
    onClose();
  }
  function submit(): void {
    start(async () => {
      const answer = await outcomeOf(remove({ kind, name }));
      if (!answer.ok) return setFailure(answer.error);
      notifications.show({ message: `The ${word} ${name} is deleted.` });
      router.push(list);
      router.refresh();
    });
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={`Delete the ${word} ${name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === name) submit();
        }}
      >
        <p className={classes.quiet}>
          {kind === "feature_group"
            ? "Its features, statistics and rows go with it, offline and online. Only a group whose features are all DRAFT can be deleted."
            : "It leaves the catalog. What depends on it keeps it from being deleted."}{" "}
          The audit log keeps its definition.
        </p>
        {failure && <Refusal failure={failure} />}
        <TextInput
          label={`Type ${name} to confirm`}
          className={classes.mono}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button type="submit" color="red" loading={pending} disabled={typed.trim() !== name}>
            Delete {word}
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Refusal({ failure }: { failure: Failure }): React.ReactElement {
  const named = failure.issues.flatMap(dependentOf);
  return (
    <div className={classes.error} role="alert">
      <p>{failure.detail}</p>
      {failure.code === "in_use" && named.length > 0 && (
        <ul className={classes.list}>
          {named.map(({ kind, name }) => (
            <li key={`${kind}:${name}`}>
              {KIND_WORDS[kind].word} <Link href={definitionHref(kind, name)}>{name}</Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** An issue of `in_use` has the kind as its code and says `feature view x (owner)`. */
function dependentOf({ code, detail }: ErrorIssue): { kind: DefinableKind; name: string }[] {
  if (!(code in KIND_WORDS)) return [];
  const kind = code as DefinableKind;
  const name = detail.slice(KIND_WORDS[kind].word.length + 1).match(/^[a-z][a-z0-9_]*/)?.[0];
  return name ? [{ kind, name }] : [];
}
