"use client";

import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import classes from "./dialog.module.css";
import { type Answer, useAct } from "./use-act";

/** Asks before something that cannot be undone: says what it affects, and has its name typed. */
export function ConfirmDialog({
  opened,
  onClose,
  title,
  name,
  confirm,
  done,
  call,
  children,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What is to be typed. */
  name: string;
  /** What the button says. */
  confirm: string;
  /** What is said afterwards. */
  done: string;
  call: () => Promise<Answer<unknown>>;
  children: ReactNode;
}): React.ReactElement {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const { pending, act } = useAct();
  function close(): void {
    setTyped("");
    setError(null);
    onClose();
  }
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== name) return setError(`Type ${name} exactly as it is written here`);
          act(call, { done, onDone: close, onError: (failed) => setError(failed.detail) });
        }}
      >
        <div className={classes.text}>{children}</div>
        <TextInput
          label={
            <>
              Type <span className="mono">{name}</span> to confirm
            </>
          }
          aria-label={`Type ${name} to confirm`}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={typed}
          error={error}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setError(null);
          }}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" color="red" loading={pending} disabled={typed.trim() !== name}>
            {confirm}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
