"use client";

import { Checkbox, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { isNumeric } from "@/lib/kernel/data-types";
import type { FeatureDraft } from "./feature-draft";
import classes from "./form.module.css";

const SENSITIVITIES = [
  { value: "", label: "Not said" },
  { value: "public", label: "Public" },
  { value: "internal", label: "Internal" },
  { value: "personal", label: "Personal: values for sensitive readers only" },
];

/** What is said of one feature besides its name, type and description. */
export function FeatureDetails({
  name,
  feature,
  errorOf,
  change,
}: {
  name: string;
  feature: FeatureDraft;
  errorOf: (field: string) => string | undefined;
  change: (part: Partial<FeatureDraft>) => void;
}): React.ReactElement {
  const numeric = isNumeric(feature.type);
  return (
    <>
      <div className={classes.row}>
        <TextInput
          label="Owner"
          description="Where it is another than the group's"
          aria-label={`Owner of ${name}`}
          value={feature.owner}
          error={errorOf("owner")}
          onChange={(event) => change({ owner: event.currentTarget.value })}
        />
        <TextInput
          label="Unit"
          description="Such as minutes, EUR or °C"
          aria-label={`Unit of ${name}`}
          value={feature.unit}
          error={errorOf("unit")}
          onChange={(event) => change({ unit: event.currentTarget.value })}
        />
        <TagsInput
          label="Tags"
          description="Press Enter after each"
          aria-label={`Tags of ${name}`}
          value={feature.tags}
          error={errorOf("tags")}
          clearButtonProps={{ "aria-label": `Remove all tags of ${name}` }}
          onChange={(tags) => change({ tags: tags.map((tag) => tag.toLowerCase()) })}
        />
        <Select
          label="Sensitivity"
          description="Who may see values"
          aria-label={`Sensitivity of ${name}`}
          allowDeselect={false}
          data={SENSITIVITIES}
          value={feature.sensitivity}
          onChange={(value) => change({ sensitivity: (value ?? "") as FeatureDraft["sensitivity"] })}
        />
        {numeric && (
          <>
            <TextInput
              label="At least"
              description="The smallest value that is right"
              aria-label={`Smallest value of ${name}`}
              inputMode="decimal"
              value={feature.min}
              error={errorOf("constraints.min") && "Must be a number"}
              onChange={(event) => change({ min: event.currentTarget.value })}
            />
            <TextInput
              label="At most"
              description="The greatest value that is right"
              aria-label={`Greatest value of ${name}`}
              inputMode="decimal"
              value={feature.max}
              error={errorOf("constraints.max") && "Must be a number"}
              onChange={(event) => change({ max: event.currentTarget.value })}
            />
          </>
        )}
        <Textarea
          label="Allowed values"
          description="One per line. Empty: every value is allowed."
          aria-label={`Allowed values of ${name}`}
          className={classes.mono}
          autosize
          minRows={1}
          maxRows={8}
          value={feature.allowed}
          error={errorOf("constraints.allowed")}
          onChange={(event) => change({ allowed: event.currentTarget.value })}
        />
        <TextInput
          label="Default"
          description="Served where there is no value"
          aria-label={`Default of ${name}`}
          className={classes.mono}
          value={feature.default}
          error={errorOf("default")}
          onChange={(event) => change({ default: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label="Never null"
        aria-label={`${name} is never null`}
        checked={feature.notNull}
        onChange={(event) => change({ notNull: event.currentTarget.checked })}
      />
    </>
  );
}
