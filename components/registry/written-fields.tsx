"use client";

import { Button, Group, Radio, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { Name } from "@/lib/kernel/names";
import classes from "./form.module.css";
import { type GroupDraft, withFeature } from "./group-draft";
import { TYPES } from "./group-features";

type Change = (update: (now: GroupDraft) => GroupDraft) => void;

/** What a group without SQL says of the rows that are written into it. */
export function WrittenFields({
  draft,
  errors,
  change,
}: {
  draft: GroupDraft;
  errors: Record<string, string>;
  change: Change;
}): React.ReactElement {
  return (
    <>
      <p className={classes.quiet}>
        There is no SQL: programs write the rows through the API, and people on the page of the group.
      </p>
      <Radio.Group
        label="Rows that come twice"
        description="Rows with the keys and event time (and created time, if there is one) of others"
        value={draft.written?.duplicates ?? "keep_last"}
        error={errors.duplicates}
        onChange={(duplicates) =>
          change((now) => ({ ...now, written: { duplicates: duplicates === "reject" ? "reject" : "keep_last" } }))
        }
      >
        <Group gap="lg" mt={8}>
          <Radio value="keep_last" label="The last one counts" />
          <Radio value="reject" label="They are refused" />
        </Group>
      </Radio.Group>
    </>
  );
}

/** Adds a feature by name and type, where there is no SQL to find it in. */
export function AddFeature({ draft, change }: { draft: GroupDraft; change: Change }): React.ReactElement {
  const [name, setName] = useState("");
  const [type, setType] = useState("FLOAT64");
  const [error, setError] = useState<string | null>(null);
  function add(): void {
    const next = withFeature(draft, name, type);
    const named = Name.safeParse(name).success;
    if (!named) setError("a-z, 0-9 and _, beginning with a letter, at most 63 characters");
    else if (!next) setError(`There is a feature ${name} already`);
    if (!named || !next) return;
    change((now) => withFeature(now, name, type) ?? now);
    setName("");
    setError(null);
  }
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <legend className="visually-hidden">Another feature</legend>
      <div className={classes.line}>
        <TextInput
          label="Name of another feature"
          className={classes.mono}
          spellCheck={false}
          autoComplete="off"
          value={name}
          error={error}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setError(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
        <Select
          label="Type"
          className={classes.mono}
          allowDeselect={false}
          data={TYPES}
          value={type}
          onChange={(value) => setType(value ?? type)}
        />
        <Button variant="default" mt={24} onClick={add}>
          Add
        </Button>
      </div>
    </fieldset>
  );
}
