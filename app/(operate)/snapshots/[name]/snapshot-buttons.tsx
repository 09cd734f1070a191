"use client";

import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useRouter } from "next/navigation";
import { rowsNowAndThen } from "@/components/snapshots/commit-words";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { remove, restore } from "./actions";

/** Goes back to the snapshot, or forgets it; each after its name was typed. */
export function SnapshotButtons({
  name,
  restorable,
  deletable,
}: {
  name: string;
  /** The one group that can go back to it; null: none can, or the reader may not. */
  restorable: { group: string; commit: number; now: number; rows: number } | null;
  deletable: boolean;
}): React.ReactElement {
  const router = useRouter();
  const [restoring, back] = useDisclosure(false);
  const [removing, gone] = useDisclosure(false);
  return (
    <Group gap="xs">
      {deletable && (
        <>
          <Button variant="default" onClick={gone.open}>
            Delete…
          </Button>
          <ConfirmDialog
            opened={removing}
            onClose={gone.close}
            title={`Delete the snapshot ${name}`}
            name={name}
            confirm="Delete snapshot"
            done={`The snapshot ${name} is gone.`}
            call={async () => {
              const answer = await remove({ name });
              if (answer.ok) router.push("/snapshots");
              return answer;
            }}
          >
            <p>
              Only the name goes. The commits stay readable by their numbers, until retention takes them: nothing keeps
              them from expiring any more.
            </p>
          </ConfirmDialog>
        </>
      )}
      {restorable && (
        <>
          <Button variant="default" onClick={back.open}>
            Restore…
          </Button>
          <ConfirmDialog
            opened={restoring}
            onClose={back.close}
            title={`Restore ${restorable.group} to ${name}`}
            name={restorable.group}
            confirm="Restore"
            done={`${restorable.group} holds again what the snapshot holds. Statistics and online values follow.`}
            call={() => restore({ name: restorable.group, snapshot: name })}
          >
            <p>
              Everybody who reads {restorable.group} will get the rows of commit {restorable.commit}.{" "}
              {rowsNowAndThen(restorable.now, restorable.rows)} Nothing is copied, and what it holds now can be restored
              in turn.
            </p>
          </ConfirmDialog>
        </>
      )}
    </Group>
  );
}
