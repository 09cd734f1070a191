"use client";

import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FeatureList, FeatureSummary } from "@/lib/registry/schema";
import { DataTable } from "../ui/data-table";
import { fetchJson } from "../ui/fetch-json";
import { formatCount, formatShare } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { StatusBadge } from "../ui/status-badge";
import classes from "./training.module.css";

const SHOWN = 12;
const STATUSES = [
  { value: "", label: "any status" },
  { value: "ACTIVE", label: "active" },
  { value: "DRAFT", label: "draft" },
  { value: "DEPRECATED", label: "deprecated" },
];

/** Finds features of the catalog, at first those of `entities`, with what there is to judge them by; hands over what is picked. */
export function CatalogPicker({
  picked,
  entities,
  onPick,
  onDrop,
}: {
  /** References group:feature. */
  picked: ReadonlySet<string>;
  /** Entities whose keys the rows have. */
  entities: string[];
  onPick: (features: FeatureSummary[]) => void;
  onDrop: (reference: string) => void;
}): React.ReactElement {
  const [words, setWords] = useState("");
  const [entity, setEntity] = useState(entities[0] ?? "");
  const [status, setStatus] = useState("");
  const [asked] = useDebouncedValue(words.trim(), 250);
  const { data, error } = useQuery({
    queryKey: ["pick-features", asked, entity, status],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        limit: String(SHOWN),
        ...(asked !== "" && { q: asked }),
        ...(entity !== "" && { entity }),
        ...(status !== "" && { status }),
      });
      return fetchJson<FeatureList>(`/api/v1/features?${query}`, { signal });
    },
    placeholderData: keepPreviousData,
  });
  const found = data?.items ?? [];
  const fresh = found.filter((feature) => !picked.has(feature.reference) && feature.status !== "RETIRED");
  const others = (data?.facets.entity ?? []).map(({ value }) => value).filter((name) => !entities.includes(name));
  return (
    <div className={classes.section}>
      <div className={classes.find}>
        <TextInput
          label="Find features"
          description="By name, description, group, tag or owner"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          label="Of entity"
          allowDeselect={false}
          data={[
            { value: "", label: "any" },
            ...entities.map((name) => ({ value: name, label: `${name} (in your rows)` })),
            ...others.map((name) => ({ value: name, label: name })),
          ]}
          value={entity}
          onChange={(value) => setEntity(value ?? "")}
        />
        <Select
          label="Status"
          allowDeselect={false}
          data={STATUSES}
          value={status}
          onChange={(value) => setStatus(value ?? "")}
        />
      </div>
      <p className={classes.about} role="status" style={{ margin: 0 }}>
        {error
          ? `The search failed: ${error.message}`
          : data
            ? `${formatCount(found.length)} of ${formatCount(data.total)} that match`
            : "Searching…"}
      </p>
      <div className={classes.table}>
        <DataTable
          caption="Features found"
          rows={found}
          rowKey={(feature) => feature.reference}
          empty={null}
          columns={[
            {
              key: "pick",
              header: <span className="visually-hidden">Pick</span>,
              render: (feature) => {
                const chosen = picked.has(feature.reference);
                return (
                  <Button
                    size="compact-xs"
                    variant={chosen ? "light" : "default"}
                    disabled={feature.status === "RETIRED"}
                    aria-label={`${chosen ? "Remove" : "Add"} ${feature.reference}`}
                    onClick={() => (chosen ? onDrop(feature.reference) : onPick([feature]))}
                  >
                    {chosen ? "Remove" : "Add"}
                  </Button>
                );
              },
            },
            {
              key: "name",
              header: "Feature",
              render: (feature) => (
                <>
                  <span className="mono">{feature.reference}</span>
                  {feature.description && <span className={classes.about}>{feature.description}</span>}
                </>
              ),
            },
            {
              key: "status",
              header: "Status",
              wide: true,
              render: (feature) => <StatusBadge status={feature.status} />,
            },
            { key: "version", header: "Version", align: "right", wide: true, render: (one) => one.groupVersion },
            { key: "nulls", header: "Null", align: "right", render: (one) => formatShare(one.glance?.nullShare) },
            {
              key: "last",
              header: "Last event",
              wide: true,
              render: (feature) => <RelativeTime at={feature.freshness.lastEventTime} />,
            },
          ]}
        />
      </div>
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
