"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useAct } from "@/components/ui/use-act";
import { retry } from "./actions";

/** Starts a run again and goes to the new one. */
export function RetryButton({ runId }: { runId: string }): React.ReactElement {
  const router = useRouter();
  const { pending, act } = useAct();
  return (
    <Button
      loading={pending}
      onClick={() => act(() => retry({ id: runId }), { onDone: ({ run }) => router.push(`/runs/${run.id}`) })}
    >
      Try again
    </Button>
  );
}
