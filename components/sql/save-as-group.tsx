"use client";

import { Button, Group, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { emptyGroup, type GroupDraft } from "../registry/group-draft";
import { readDraft, writeDraft } from "../registry/use-stored-draft";

/** Begins a feature group with the SQL; asks first when another one is begun in this tab. */
export function SaveAsGroup({
  project,
  sql,
  sources,
}: {
  project: string;
  sql: string;
  /** What the SQL reads. */
  sources: string[];
}): React.ReactElement {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const key = `larder.new-group.${project}`;
  function save(): void {
    writeDraft(key, { ...emptyGroup(null), sql, sources, suggested: false } satisfies GroupDraft);
    router.push("/feature-groups/new?step=sql");
  }
  return (
    <>
      <Button
        variant="default"
        disabled={sql.trim() === ""}
        onClick={() => {
          const begun = readDraft<GroupDraft>(key);
          if (begun && begun.sql.trim() !== "" && begun.sql !== sql) setAsking(true);
          else save();
        }}
      >
        Save as feature group
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title="Another feature group is begun"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <p>In this tab a feature group is being written already. It would be replaced by one with this SQL.</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => router.push("/feature-groups/new?step=sql")}>
            Go on with that one
          </Button>
          <Button onClick={save}>Replace it</Button>
        </Group>
      </Modal>
    </>
  );
}
