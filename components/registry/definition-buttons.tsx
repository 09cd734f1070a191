"use client";

import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import type { DefinableKind } from "@/lib/registry/definition-schema";
import { LinkButton } from "../ui/link-button";
import { DeleteDefinition } from "./delete-definition";
import { definitionHref } from "./kind-words";
import type { Outcome } from "./outcome";

/** Edit and delete, on the page of a definition; only for those who may. */
export function DefinitionButtons({
  kind,
  name,
  remove,
}: {
  kind: DefinableKind;
  name: string;
  remove: (input: { kind: DefinableKind; name: string }) => Promise<Outcome<unknown>>;
}): React.ReactElement {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={30} aria-label={`More for ${name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" onClick={() => setOpened(true)}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <LinkButton href={`${definitionHref(kind, name)}/edit`} variant="default">
        Edit
      </LinkButton>
      <DeleteDefinition kind={kind} name={name} opened={opened} onClose={() => setOpened(false)} remove={remove} />
    </>
  );
}
