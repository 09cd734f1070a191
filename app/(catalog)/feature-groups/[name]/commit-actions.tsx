"use client";

import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots } from "@tabler/icons-react";
import Link from "next/link";
import { rowsNowAndThen } from "@/components/snapshots/commit-words";
import { compareHref } from "@/components/snapshots/side";
import { SnapshotDialog } from "@/components/snapshots/snapshot-dialog";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { restore, takeSnapshot } from "./actions";

/** What can be done with one commit of a group: read it, compare it with now, name it, go back to it. */
export function CommitActions({
  group,
  version,
  commit,
  head,
  may,
}: {
  group: string;
  version: number;
  commit: { sequence: number; liveRows: number };
  /** The newest commit. */
  head: { sequence: number; liveRows: number };
  may: { snapshot: boolean; restore: boolean };
}): React.ReactElement {
  const [naming, name] = useDisclosure(false);
  const [restoring, back] = useDisclosure(false);
  const { sequence } = commit;
  const newest = sequence === head.sequence;
  const side = { kind: "group", group, version, commit: sequence } as const;
  return (
    <>
      <Menu position="bottom-end" width={220} shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for commit ${sequence}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} href={`/feature-groups/${group}?tab=data&commit=${sequence}`}>
            Read rows as of it
          </Menu.Item>
          {!newest && (
            <Menu.Item component={Link} href={compareHref(side, { ...side, commit: null })}>
              Compare with now
            </Menu.Item>
          )}
          {may.snapshot && <Menu.Item onClick={name.open}>Snapshot this…</Menu.Item>}
          {may.restore && !newest && <Menu.Item onClick={back.open}>Restore…</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <SnapshotDialog
        opened={naming}
        onClose={name.close}
        subject={{ words: `${group} at commit ${sequence}`, of: { featureGroup: group, version, commit: sequence } }}
        create={takeSnapshot}
      />
      <ConfirmDialog
        opened={restoring}
        onClose={back.close}
        title={`Restore ${group} to commit ${sequence}`}
        name={group}
        confirm="Restore"
        done={`${group} holds again what it held at commit ${sequence}. Statistics and online values follow.`}
        call={() => restore({ name: group, commit: sequence })}
      >
        <p>
          Everybody who reads {group} will get the rows of commit {sequence}.{" "}
          {rowsNowAndThen(head.liveRows, commit.liveRows)}
        </p>
        <p>
          A new commit {head.sequence + 1} points to the old files: nothing is copied, and commit {head.sequence} can be
          restored in turn. If {group} is computed, a refresh replaces these rows as soon as what it reads has changed.
        </p>
      </ConfirmDialog>
    </>
  );
}
