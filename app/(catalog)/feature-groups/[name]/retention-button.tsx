"use client";

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { applyRetention } from "./actions";

/** Applies the retention of a group after its name was typed; the children say what goes. */
export function RetentionButton({
  group,
  version,
  children,
}: {
  group: string;
  version: number;
  children: ReactNode;
}): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open}>
        Apply retention…
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        title={`Apply the retention of ${group}`}
        name={group}
        confirm="Apply retention"
        done="A run applies it; its progress is on this page."
        call={() => applyRetention({ name: group, version })}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
