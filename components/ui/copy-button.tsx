"use client";

import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";

/** Copies `text`; says so when it is done. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }): React.ReactElement {
  const clipboard = useClipboard({ timeout: 1500 });
  const name = clipboard.copied ? "Copied" : label;
  return (
    <Tooltip label={name}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={name} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
