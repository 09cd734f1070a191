"use client";

import { Button, Menu, Modal } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import type { PossibleMove } from "./moves";
import { RequestForm } from "./request-form";

const TITLES: Record<string, string> = { DEPRECATED: "Deprecate", RETIRED: "Retire" };

function titleOf(move: PossibleMove, subject: string): string {
  const verb = TITLES[move.target] ?? (move.label.startsWith("Reactivate") ? "Reactivate" : "Activate");
  return `${verb} ${subject}`;
}

/** The changes of status that one may ask for, each opening the dialog in which one does. */
export function RequestChange({
  group,
  version,
  moves,
  subject,
  variant = "default",
}: {
  group: string;
  version: number;
  moves: PossibleMove[];
  /** What the dialog is about: one feature's name, or null for those of the group that can make the move. */
  subject: string | null;
  variant?: "default" | "filled";
}): React.ReactElement | null {
  const [move, setMove] = useState<PossibleMove | null>(null);
  const [opened, setOpened] = useState(false);
  const [first, ...others] = moves;
  if (!first && !move) return null;
  const open = (chosen: PossibleMove): void => {
    setMove(chosen);
    setOpened(true);
  };
  const counted = (one: PossibleMove): string =>
    subject === null && moves.length > 1 ? `${one.label} (${one.features.length})` : one.label;
  return (
    <>
      {first && others.length === 0 && (
        <Button variant={variant} onClick={() => open(first)}>
          {first.label}
        </Button>
      )}
      {first && others.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant={variant} rightSection={<IconChevronDown size={14} aria-hidden />}>
              Change status
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {moves.map((one) => (
              <Menu.Item key={one.label} onClick={() => open(one)}>
                {counted(one)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        size={680}
        title={move ? titleOf(move, subject ?? `features of ${group}`) : ""}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {move && (
          <RequestForm
            group={group}
            version={version}
            move={move}
            choosable={subject === null && move.features.length > 1}
            onClose={() => setOpened(false)}
          />
        )}
      </Modal>
    </>
  );
}
