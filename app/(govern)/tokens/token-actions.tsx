"use client";

import { Button, Group, Modal, Select } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { TokenSecret } from "@/components/access/token-secret";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import dialog from "@/components/ui/dialog.module.css";
import { useAct } from "@/components/ui/use-act";
import type { NewToken, TokenSummary } from "@/lib/access/schema";
import { endToken, replaceToken } from "./actions";
import classes from "./tokens.module.css";

const OVERLAPS = [
  { value: "0", label: "not at all" },
  { value: "1", label: "for 1 hour" },
  { value: "24", label: "for 24 hours" },
  { value: "168", label: "for 7 days" },
];

function RotateDialog({
  token,
  opened,
  onClose,
}: {
  token: TokenSummary;
  opened: boolean;
  onClose: () => void;
}): React.ReactElement {
  const [overlap, setOverlap] = useState("24");
  const [made, setMade] = useState<NewToken | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { pending, act } = useAct();
  function leave(): void {
    onClose();
    setMade(null);
    setError(null);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    act(() => replaceToken({ id: token.id, overlapHours: Number(overlap) }), {
      onDone: setMade,
      onError: (failed) => setError(failed.detail),
    });
  }
  return (
    <Modal
      opened={opened}
      onClose={leave}
      size="lg"
      title={made ? `New secret of ${token.name}` : `Rotate ${token.name}?`}
      closeOnClickOutside={!made}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {made ? (
        <TokenSecret made={made} onClose={leave} />
      ) : (
        <form className={dialog.form} onSubmit={submit}>
          <p className={dialog.note}>
            Makes a token with the same name, scopes and lifetime. Give it to whatever uses the old one before that
            stops working.
          </p>
          <Select
            label="The old one still works"
            allowDeselect={false}
            data={OVERLAPS}
            value={overlap}
            onChange={(value) => setOverlap(value ?? "24")}
          />
          {error && (
            <p className={dialog.error} role="alert">
              {error}
            </p>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={leave}>
              Cancel
            </Button>
            <Button type="submit" loading={pending}>
              Rotate
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}

/** Rotates or revokes a token that still works. */
export function TokenActions({ token }: { token: TokenSummary }): React.ReactElement {
  const [rotating, rotate] = useDisclosure(false);
  const [revoking, revoke] = useDisclosure(false);
  return (
    <div className={classes.buttons}>
      <Button variant="default" size="compact-xs" aria-label={`Rotate ${token.name}`} onClick={rotate.open}>
        Rotate
      </Button>
      <Button variant="subtle" color="gray" size="compact-xs" aria-label={`Revoke ${token.name}`} onClick={revoke.open}>
        Revoke
      </Button>
      <RotateDialog token={token} opened={rotating} onClose={rotate.close} />
      <ConfirmDialog
        opened={revoking}
        onClose={revoke.close}
        title={`Revoke ${token.name}?`}
        name={token.name}
        confirm="Revoke"
        done={`${token.name} does not work any more`}
        call={() => endToken({ id: token.id })}
      >
        <p>
          Whatever still sends <span className="mono">{token.hint}</span> is refused from its next request on. This
          cannot be taken back.
        </p>
      </ConfirmDialog>
    </div>
  );
}
