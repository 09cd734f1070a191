"use client";

import { ActionIcon, Button, Group, Menu, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import dialog from "@/components/ui/dialog.module.css";
import { formatMinute } from "@/components/ui/instants";
import { ShownOnce } from "@/components/ui/shown-once";
import { useAct } from "@/components/ui/use-act";
import type { NewLink, UserSummary } from "@/lib/access/schema";
import { changeUser, makeResetLink } from "./actions";

function ResetLink({
  user,
  link,
  onClose,
}: {
  user: UserSummary;
  link: NewLink;
  onClose: () => void;
}): React.ReactElement {
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Reset link for ${user.name}`}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className={dialog.form}>
        <ShownOnce
          label="link"
          secret={new URL(link.path, window.location.href).href}
          note={`Copy it now and send it yourself: it is shown this once. Whoever holds it can choose ${user.name}'s new password until ${formatMinute(link.expiresAt)}.`}
        />
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </div>
    </Modal>
  );
}

/** What an admin of the instance can do about an account. */
export function UserActions({ user, self }: { user: UserSummary; self: boolean }): React.ReactElement {
  const { pending, act } = useAct();
  const [disabling, disable] = useDisclosure(false);
  const [link, setLink] = useState<NewLink | null>(null);
  const { id, name, instanceAdmin, disabled } = user;
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" loading={pending} aria-label={`Actions for ${name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={disabled} onClick={() => act(() => makeResetLink({ id }), { onDone: setLink })}>
            Create reset link
          </Menu.Item>
          <Menu.Item
            onClick={() =>
              act(() => changeUser({ id, instanceAdmin: !instanceAdmin }), {
                done: instanceAdmin ? `${name} is no instance admin any more` : `${name} is an instance admin now`,
              })
            }
          >
            {instanceAdmin ? "Take instance admin away" : "Make instance admin"}
          </Menu.Item>
          <Menu.Divider />
          {disabled ? (
            <Menu.Item
              onClick={() => act(() => changeUser({ id, disabled: false }), { done: `${name} may sign in again` })}
            >
              Enable
            </Menu.Item>
          ) : (
            <Menu.Item color="red" disabled={self} onClick={disable.open}>
              Disable
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={disabling}
        onClose={disable.close}
        title={`Disable ${name}?`}
        name={name}
        confirm="Disable"
        done={`${name} is out`}
        call={() => changeUser({ id, disabled: true })}
      >
        <p>Their sessions and API tokens stop working at the next request. You can enable the account again.</p>
      </ConfirmDialog>
      {link && <ResetLink user={user} link={link} onClose={() => setLink(null)} />}
    </>
  );
}
