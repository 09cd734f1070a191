"use client";

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { SnapshotDialog } from "@/components/snapshots/snapshot-dialog";
import { create } from "./actions";

/** Opens the dialog that makes a snapshot. */
export function NewSnapshot({ groups, views }: { groups: string[]; views: string[] }): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button onClick={open}>New snapshot</Button>
      <SnapshotDialog opened={opened} onClose={close} choices={{ groups, views }} create={create} />
    </>
  );
}
