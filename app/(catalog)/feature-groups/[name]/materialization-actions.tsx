"use client";

import { Button, Group } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { withParams } from "@/components/ui/search-params";
import { type Answer, useAct } from "@/components/ui/use-act";
import { checkParity, materialize } from "./actions";

type Started = { run: { id: string } };

/** Brings a group online, builds it anew, or compares it with its history; the page then shows the run. */
export function MaterializationActions({ group, isOnline }: { group: string; isOnline: boolean }): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const { pending, act } = useAct();
  const start = (call: () => Promise<Answer<Started>>): void =>
    act(call, {
      onDone: ({ run }) => router.replace(withParams(path, params, { run: run.id }), { scroll: false }),
    });
  return (
    <Group gap="xs" mb="md">
      <Button
        variant="default"
        loading={pending}
        onClick={() => start(() => materialize({ featureGroups: [group], rebuild: false }))}
      >
        Materialize now
      </Button>
      {isOnline && (
        <>
          <Button
            variant="default"
            disabled={pending}
            onClick={() => start(() => materialize({ featureGroups: [group], rebuild: true }))}
          >
            Rebuild online
          </Button>
          <Button
            variant="default"
            disabled={pending}
            onClick={() => start(() => checkParity({ featureGroup: group }))}
          >
            Check parity
          </Button>
        </>
      )}
    </Group>
  );
}
