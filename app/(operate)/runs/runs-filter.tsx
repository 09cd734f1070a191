"use client";

import { Group, Pill, Select } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { withParams } from "@/components/ui/search-params";
import { RUN_KINDS, RUN_STATES, type RunKind, type RunState } from "@/lib/kernel/run";
import { RUN_KIND_LABELS } from "./words";

/** Narrows the list of runs; the choice is in the address. */
export function RunsFilter({
  kind,
  state,
  group,
}: {
  kind: RunKind | null;
  state: RunState | null;
  group: string | null;
}): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const choose = (name: string, value: string | null): void =>
    router.push(withParams(path, params, { [name]: value, cursor: null }), { scroll: false });
  return (
    <Group gap="sm" mb="md" align="end">
      <Select
        label="Kind"
        placeholder="All kinds"
        size="xs"
        clearable
        clearButtonProps={{ "aria-label": "Show all kinds" }}
        value={kind}
        onChange={(value) => choose("kind", value)}
        data={RUN_KINDS.map((value) => ({ value, label: RUN_KIND_LABELS[value] }))}
      />
      <Select
        label="State"
        placeholder="All states"
        size="xs"
        clearable
        clearButtonProps={{ "aria-label": "Show all states" }}
        value={state}
        onChange={(value) => choose("state", value)}
        data={RUN_STATES.map((value) => ({ value, label: value.charAt(0) + value.slice(1).toLowerCase() }))}
      />
      {group && (
        <Pill
          withRemoveButton
          size="md"
          onRemove={() => choose("group", null)}
          removeButtonProps={{ "aria-label": "Show runs of all groups", tabIndex: 0 }}
        >
          group {group}
        </Pill>
      )}
    </Group>
  );
}
