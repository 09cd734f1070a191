"use client";

import { Button } from "@mantine/core";
import { usePathname, useRouter } from "next/navigation";
import { useAct } from "@/components/ui/use-act";
import { checkEveryByte } from "./actions";

/** Starts a check of every byte; the page then shows how it goes. */
export function CheckButton(): React.ReactElement {
  const { pending, act } = useAct();
  const router = useRouter();
  const path = usePathname();
  return (
    <Button
      loading={pending}
      onClick={() =>
        act(() => checkEveryByte({}), {
          onDone: ({ run }) => router.replace(`${path}?run=${run.id}`, { scroll: false }),
        })
      }
    >
      Check every byte
    </Button>
  );
}
