"use client";

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ScopeChoice } from "@/components/access/scopes";
import { TokenDialog } from "@/components/access/token-dialog";
import { addToken } from "./actions";

/** Opens the dialog that makes a token of one's own. */
export function NewTokenButton({ choices }: { choices: ScopeChoice[] }): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button onClick={open}>New token</Button>
      <TokenDialog opened={opened} onClose={close} choices={choices} create={addToken} />
    </>
  );
}
