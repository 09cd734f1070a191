"use client";

import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FeatureList, FeatureSummary } from "@/lib/registry/schema";
import { fetchJson } from "../ui/fetch-json";
import { StatusBadge } from "../ui/status-badge";
import classes from "./pick-features.module.css";

const SHOWN = 12;

/** Finds features of the catalog and hands over those that are picked; those that are picked already say so. */
export function PickFeatures({
  picked,
  onPick,
  onDrop,
}: {
  /** References group:feature. */
  picked: ReadonlySet<string>;
  onPick: (features: FeatureSummary[]) => void;
  onDrop: (reference: string) => void;
}): React.ReactElement {
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words.trim(), 250);
  const { data, isFetching, error } = useQuery({
    queryKey: ["pick-features", asked],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ limit: String(SHOWN), ...(asked === "" ? {} : { q: asked }) });
      return fetchJson<FeatureList>(`/api/v1/features?${query}`, { signal });
    },
    placeholderData: keepPreviousData,
  });
  const found = data?.items ?? [];
  const fresh = found.filter((feature) => !picked.has(feature.reference) && feature.status !== "RETIRED");
  return (
    <div className={classes.pick}>
      <TextInput
        label="Find features"
        description="By name, description, group, tag or owner"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter here searches; it must not send the form around it.
          if (event.key === "Enter") event.preventDefault();
        }}
      />
      <p className={classes.count} role="status">
        {error
          ? `The search failed: ${error.message}`
          : isFetching && !data
            ? "Searching…"
            : `${found.length} of ${data?.total ?? 0} that match`}
      </p>
      <ul className={classes.hits}>
        {found.map((feature) => {
          const chosen = picked.has(feature.reference);
          const retired = feature.status === "RETIRED";
          return (
            <li key={feature.reference}>
              <span className={classes.name}>
                <span className="mono">{feature.reference}</span> <StatusBadge status={feature.status} />
                {feature.description && <span className={classes.about}>{feature.description}</span>}
              </span>
              <Button
                size="compact-xs"
                variant="default"
                disabled={retired}
                aria-label={`${chosen ? "Remove" : "Add"} ${feature.reference}`}
                onClick={() => (chosen ? onDrop(feature.reference) : onPick([feature]))}
              >
                {chosen ? "Remove" : "Add"}
              </Button>
            </li>
          );
        })}
      </ul>
      {fresh.length > 1 && asked !== "" && (
        <div>
          <Button variant="subtle" onClick={() => onPick(fresh)}>
            Add all {fresh.length}
          </Button>
        </div>
      )}
    </div>
  );
}
