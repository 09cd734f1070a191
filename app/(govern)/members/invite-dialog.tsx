"use client";

import { Button, Group, Modal, NumberInput, Radio, Switch, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import classes from "@/components/ui/dialog.module.css";
import { formatMinute } from "@/components/ui/instants";
import { ROLE_OPTIONS, ROLE_WORDS, toRole } from "@/components/ui/role-words";
import { ShownOnce } from "@/components/ui/shown-once";
import { type AnswerError, issueAt, issueElsewhere, useAct } from "@/components/ui/use-act";
import type { NewLink } from "@/lib/access/schema";
import type { Role } from "@/lib/kernel/actor";
import { invite } from "./actions";

type Draft = { role: Role; sensitive: boolean; email: string; days: string | number };
const EMPTY: Draft = { role: "scientist", sensitive: false, email: "", days: 7 };

function Fields({
  draft,
  error,
  change,
}: {
  draft: Draft;
  error: AnswerError | null;
  change: (part: Partial<Draft>) => void;
}): React.ReactElement {
  return (
    <>
      <Radio.Group
        label="Role"
        description="Each may do what those above it may, and more."
        value={draft.role}
        onChange={(value) => change({ role: toRole(value) ?? "viewer" })}
      >
        <div style={{ display: "grid", gap: 8, marginTop: 8 }}>
          {ROLE_OPTIONS.map(({ value }) => (
            <Radio key={value} size="xs" value={value} label={value} description={ROLE_WORDS[value]} />
          ))}
        </div>
      </Radio.Group>
      <Switch
        size="xs"
        label="Sensitive reader"
        description="May read the values of features that are marked personal; everybody else reads null"
        checked={draft.sensitive}
        onChange={(event) => change({ sensitive: event.currentTarget.checked })}
      />
      <TextInput
        label="E-mail"
        description="Optional: then only this address may use the link. Needed for single sign-on."
        type="email"
        autoComplete="off"
        value={draft.email}
        error={issueAt(error, "email")}
        onChange={(event) => change({ email: event.currentTarget.value })}
      />
      <NumberInput
        label="Works for"
        suffix=" days"
        min={1}
        max={30}
        allowDecimal={false}
        allowNegative={false}
        value={draft.days}
        error={issueAt(error, "days")}
        onChange={(days) => change({ days })}
      />
    </>
  );
}

/** Invites by a link, which is shown this once. */
export function InviteButton(): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  const [draft, setDraft] = useState(EMPTY);
  const [error, setError] = useState<AnswerError | null>(null);
  const [link, setLink] = useState<NewLink | null>(null);
  const { pending, act } = useAct();
  function leave(): void {
    close();
    setDraft(EMPTY);
    setError(null);
    setLink(null);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    const email = draft.email.trim();
    const { role, sensitive } = draft;
    act(() => invite({ role, sensitive, days: Number(draft.days), ...(email === "" ? {} : { email }) }), {
      onDone: setLink,
      onError: setError,
    });
  }
  const rest = issueElsewhere(error, ["email", "days"]);
  return (
    <>
      <Button onClick={open}>Invite</Button>
      <Modal
        opened={opened}
        onClose={leave}
        title={link ? "Invitation link" : "Invite to the project"}
        closeOnClickOutside={!link}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {link ? (
          <div className={classes.form}>
            <ShownOnce
              label="link"
              secret={new URL(link.path, window.location.href).href}
              note={`Copy it now and send it yourself: it is shown this once. It lets in one ${draft.role}${draft.email.trim() ? ` (${draft.email.trim()})` : ", whoever holds it"}, until ${formatMinute(link.expiresAt)}.`}
            />
            <Group justify="flex-end">
              <Button onClick={leave}>Done</Button>
            </Group>
          </div>
        ) : (
          <form className={classes.form} onSubmit={submit} noValidate>
            <Fields
              draft={draft}
              error={error}
              change={(part) => {
                setDraft((now) => ({ ...now, ...part }));
                setError(null);
              }}
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
                Create link
              </Button>
            </Group>
          </form>
        )}
      </Modal>
    </>
  );
}
