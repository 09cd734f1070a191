"use client";

import { Autocomplete } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/ui/fetch-json";
import type { SearchHit } from "@/lib/registry/schema";

/** Asks which feature is to be used instead; suggests active ones while one types. */
export function ReplacementInput({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}): React.ReactElement {
  const [q] = useDebouncedValue(value.trim(), 150);
  const search = useQuery({
    queryKey: ["search", "replacement", q],
    queryFn: ({ signal }) =>
      fetchJson<{ items: SearchHit[] }>(`/api/v1/search?limit=20&q=${encodeURIComponent(q)}`, { signal }),
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
  });
  const found = (search.data?.items ?? []).filter(({ feature }) => feature.status === "ACTIVE");
  return (
    <Autocomplete
      label="Use instead"
      description="Optional: an active feature."
      placeholder="group:feature"
      data={[...new Set(found.map(({ feature }) => feature.reference))]}
      // The server has searched already, also in descriptions and with typing errors.
      filter={({ options }) => options}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}
