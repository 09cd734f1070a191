"use client";

import { Button, Select, Switch } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ROLE_OPTIONS, ROLE_WORDS, toRole } from "@/components/ui/role-words";
import { useAct } from "@/components/ui/use-act";
import type { MemberSummary } from "@/lib/access/schema";
import { changeMember, takeOut } from "./actions";
import classes from "./members.module.css";

/** A member's role, to be changed at once; a refusal is said where the role was chosen. */
export function RoleSelect({ member }: { member: MemberSummary }): React.ReactElement {
  const { pending, act } = useAct();
  const [error, setError] = useState<string | null>(null);
  return (
    <Select
      size="xs"
      w={132}
      aria-label={`Role of ${member.name}`}
      allowDeselect={false}
      data={ROLE_OPTIONS}
      renderOption={({ option }) => (
        <span>
          {option.label}
          <span className={classes.hint}>{ROLE_WORDS[toRole(option.value) ?? "viewer"]}</span>
        </span>
      )}
      maxDropdownHeight={340}
      comboboxProps={{ width: 280, position: "bottom-start" }}
      value={member.role}
      disabled={pending}
      error={error}
      classNames={{ error: classes.error }}
      onChange={(value) => {
        const role = toRole(value);
        if (role === null || role === member.role) return;
        setError(null);
        act(() => changeMember({ userId: member.userId, role }), {
          done: `${member.name} is ${role} now`,
          onError: (failed) => setError(failed.detail),
        });
      }}
    />
  );
}

/** Whether a member may read the values of features that are marked personal. */
export function SensitiveSwitch({ member }: { member: MemberSummary }): React.ReactElement {
  const { pending, act } = useAct();
  return (
    <Switch
      size="xs"
      aria-label={`${member.name} is a sensitive reader`}
      checked={member.sensitive}
      disabled={pending}
      onChange={(event) => {
        const sensitive = event.currentTarget.checked;
        act(() => changeMember({ userId: member.userId, sensitive }), {
          done: sensitive
            ? `${member.name} may read personal features now`
            : `${member.name} reads personal features as null now`,
        });
      }}
    />
  );
}

/** Takes a member out of the project, after their name was typed. */
export function RemoveMember({ member }: { member: MemberSummary }): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="subtle" color="gray" size="compact-xs" onClick={open} aria-label={`Remove ${member.name}`}>
        Remove
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        title={`Remove ${member.name} from the project?`}
        name={member.name}
        confirm="Remove"
        done={`${member.name} is no member any more`}
        call={() => takeOut({ userId: member.userId })}
      >
        <p>
          They lose access at their next request, and so do their API tokens. What they made stays, and so does their
          account.
        </p>
      </ConfirmDialog>
    </>
  );
}
