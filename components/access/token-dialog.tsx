"use client";

import { Button, Checkbox, Group, Modal, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import classes from "@/components/ui/dialog.module.css";
import { type Answer, type AnswerError, issueAt, issueElsewhere, useAct } from "@/components/ui/use-act";
import type { CreateToken, NewToken } from "@/lib/access/schema";
import type { ScopeChoice } from "./scopes";
import { TokenSecret } from "./token-secret";

const LIFETIMES = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "180", label: "180 days" },
  { value: "365", label: "One year" },
];

function ScopeList({
  choices,
  chosen,
  error,
  onChange,
}: {
  choices: ScopeChoice[];
  chosen: string[];
  error: string | undefined;
  onChange: (scopes: string[]) => void;
}): React.ReactElement {
  return (
    <Checkbox.Group
      label="Scopes"
      description="What the token may be used for, at most as far as its owner's role goes at that time."
      value={chosen}
      error={error}
      onChange={onChange}
    >
      <div className={classes.scopes}>
        {choices.map(({ scope, allows, takes }) => (
          <Checkbox
            key={scope}
            size="xs"
            value={scope}
            disabled={takes !== null}
            label={<span className="mono">{scope}</span>}
            description={`${allows.join("; ")}${takes ? ` (takes ${takes})` : ""}`}
          />
        ))}
      </div>
    </Checkbox.Group>
  );
}

/** Makes a token, then shows its secret this once. */
export function TokenDialog({
  opened,
  onClose,
  owner,
  serviceAccountId,
  choices,
  create,
}: {
  opened: boolean;
  onClose: () => void;
  /** Whose token, when it is not one's own. */
  owner?: string;
  serviceAccountId?: string;
  choices: ScopeChoice[];
  create: (input: Pick<CreateToken, "name" | "scopes" | "days" | "serviceAccountId">) => Promise<Answer<NewToken>>;
}): React.ReactElement {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["catalog:read"]);
  const [days, setDays] = useState("90");
  const [error, setError] = useState<AnswerError | null>(null);
  const [made, setMade] = useState<NewToken | null>(null);
  const { pending, act } = useAct();
  function close(): void {
    onClose();
    setName("");
    setScopes(["catalog:read"]);
    setError(null);
    setMade(null);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    const issues = [
      ...(name.trim() === "" ? [{ pointer: "/name", detail: "Say what the token is for" }] : []),
      ...(scopes.length === 0 ? [{ pointer: "/scopes", detail: "Choose at least one" }] : []),
    ];
    if (issues.length > 0) {
      setError({ code: "validation_failed", detail: "", issues });
      return;
    }
    const whose = serviceAccountId === undefined ? {} : { serviceAccountId };
    act(() => create({ name, scopes, days: Number(days), ...whose }), { onDone: setMade, onError: setError });
  }
  const rest = issueElsewhere(error, ["name", "scopes"]);
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={made ? `Token ${made.token.name}` : owner ? `New token for ${owner}` : "New token"}
      closeOnClickOutside={!made}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {made ? (
        <TokenSecret made={made} onClose={close} />
      ) : (
        <form className={classes.form} onSubmit={submit} noValidate>
          <TextInput
            label="Name"
            description="What it is for: a notebook, a nightly job"
            autoComplete="off"
            data-autofocus
            value={name}
            error={issueAt(error, "name")}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setError(null);
            }}
          />
          <ScopeList choices={choices} chosen={scopes} error={issueAt(error, "scopes")} onChange={setScopes} />
          <Select
            label="Works for"
            allowDeselect={false}
            data={LIFETIMES}
            value={days}
            onChange={(value) => setDays(value ?? "90")}
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
              Create token
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
