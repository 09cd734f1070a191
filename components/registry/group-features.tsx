"use client";

import { Button, Checkbox, Select, TextInput } from "@mantine/core";
import { memo, useState } from "react";
import { defaultFeatureType, FEATURE_TYPES, type FeatureType } from "@/lib/kernel/data-types";
import { Name } from "@/lib/kernel/names";
import { FeatureDetails } from "./feature-details";
import type { FeatureDraft } from "./feature-draft";
import { featureRows, type GroupDraft } from "./group-draft";
import classes from "./group-features.module.css";

/** Types that are offered; a definition file may name others. */
export const TYPES = ["INT32", "INT64", "FLOAT32", "FLOAT64", "STRING", "BOOL", "TIMESTAMP", "DATE", "JSON", "BYTES"];
const SHOWN = 100;

/** The columns that are features: which of them, of what type, and what they mean. */
export function GroupFeatures({
  draft,
  errors,
  isNew,
  change,
}: {
  draft: GroupDraft;
  isNew: boolean;
  errors: Record<string, string>;
  change: (update: (now: GroupDraft) => GroupDraft) => void;
}): React.ReactElement {
  const [shown, setShown] = useState(SHOWN);
  const rows = featureRows(draft);
  // Messages name a feature by its place among those that are sent.
  const places = new Map(rows.filter(({ feature, gone }) => feature.include && !gone).map((row, at) => [row.name, at]));
  const included = places.size;
  return (
    <div>
      <p className={classes.note} role="status">
        {included} of {rows.length} columns become features. {isNew ? "All begin" : "New ones begin"} as DRAFT.
      </p>
      {errors.features && (
        <p role="alert" className={classes.warn}>
          Include at least one feature
        </p>
      )}
      <div className={classes.head} aria-hidden>
        <span>Column</span>
        <span>Type</span>
        <span>Kind</span>
        <span>Description</span>
      </div>
      <ul className={classes.list}>
        {rows.slice(0, shown).map(({ name, feature, gone }) => (
          <Row
            key={name}
            name={name}
            feature={feature}
            gone={gone}
            errors={errorsAt(errors, places.get(name))}
            change={change}
          />
        ))}
      </ul>
      {rows.length > shown && (
        <Button variant="default" onClick={() => setShown(shown + SHOWN)}>
          Show {Math.min(SHOWN, rows.length - shown)} more
        </Button>
      )}
    </div>
  );
}

/** Messages of one feature by field, as text, so that rows that did not change are not drawn anew. */
function errorsAt(errors: Record<string, string>, place: number | undefined): string {
  const start = `features.${place}.`;
  const own = Object.entries(errors).filter(([path]) => place !== undefined && path.startsWith(start));
  return own.length === 0
    ? ""
    : JSON.stringify(Object.fromEntries(own.map(([path, text]) => [path.slice(start.length), text])));
}

const Row = memo(function Row({
  name,
  feature,
  gone,
  errors,
  change,
}: {
  name: string;
  feature: FeatureDraft;
  gone: boolean;
  errors: string;
  change: (update: (now: GroupDraft) => GroupDraft) => void;
}): React.ReactElement {
  const [open, setOpen] = useState(false);
  const known = errors === "" ? {} : (JSON.parse(errors) as Record<string, string>);
  const errorOf = (field: string): string | undefined =>
    Object.entries(known).find(([path]) => path === field || path.startsWith(`${field}.`))?.[1];
  const named = Name.safeParse(name).success;
  const put = (part: Partial<FeatureDraft>): void =>
    change((now) => {
      const before = now.features[name];
      return before ? { ...now, features: { ...now.features, [name]: { ...before, ...part } } } : now;
    });
  const detail = open || Object.keys(known).some((path) => !["type", "description", "featureType"].includes(path));
  const types = [...new Set([feature.type, ...(feature.detected ? [feature.detected] : []), ...TYPES])];
  return (
    <li className={classes.feature}>
      <div className={classes.name}>
        {gone ? (
          <span>
            <s>{name}</s>
            <span className={classes.warn}> no longer in the SQL; saving removes it</span>
          </span>
        ) : (
          <Checkbox
            label={name}
            checked={feature.include}
            disabled={!named}
            onChange={(event) => put({ include: event.currentTarget.checked })}
          />
        )}
      </div>
      {!named && (
        <span className={classes.warn}>A feature cannot be called this. Give it another name in the SQL: AS name.</span>
      )}
      {named && !gone && feature.include && (
        <>
          <Select
            aria-label={`Type of ${name}`}
            className={classes.type}
            allowDeselect={false}
            data={types}
            value={feature.type}
            error={errorOf("type")}
            onChange={(type) => type !== null && put({ type, featureType: defaultFeatureType(type) })}
          />
          <Select
            aria-label={`Kind of ${name}`}
            allowDeselect={false}
            data={FEATURE_TYPES.map((type) => ({ value: type, label: type.toLowerCase() }))}
            value={feature.featureType}
            onChange={(type) => type !== null && put({ featureType: type as FeatureType })}
          />
          <TextInput
            aria-label={`Description of ${name}`}
            placeholder="What it means"
            value={feature.description}
            error={errorOf("description")}
            onChange={(event) => put({ description: event.currentTarget.value })}
          />
          <Button
            variant="subtle"
            color="gray"
            size="sm"
            aria-expanded={detail}
            aria-label={`More of ${name}`}
            onClick={() => setOpen(!open)}
          >
            {detail ? "Less" : "More"}
          </Button>
          {detail && (
            <div className={classes.details}>
              <FeatureDetails name={name} feature={feature} errorOf={errorOf} change={put} />
            </div>
          )}
        </>
      )}
    </li>
  );
});
