"use client";

import { Button, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** The filters of a list behind a button, for narrow screens. */
export function FacetDrawer({ chosen, children }: { chosen: number; children: ReactNode }): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" size="sm" leftSection={<IconFilter size={15} aria-hidden />} onClick={open}>
        Filters{chosen > 0 ? ` (${chosen})` : ""}
      </Button>
      <Drawer
        opened={opened}
        onClose={close}
        position="right"
        size={300}
        title="Filters"
        closeButtonProps={{ "aria-label": "Close filters" }}
      >
        {children}
      </Drawer>
    </>
  );
}
