"use client";

import { Button, Select, Switch, TextInput } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type FormEvent, useState } from "react";
import { withParams } from "@/components/ui/search-params";
import classes from "./audit.module.css";
import { dayOf, instantOf } from "./period";

type Chosen = Record<string, string>;

const OUTCOMES = [
  { value: "allowed", label: "Allowed" },
  { value: "denied", label: "Denied" },
  { value: "failed", label: "Failed" },
];
const NOTHING = {
  actor: null,
  action: null,
  resource: null,
  outcome: null,
  since: null,
  until: null,
  instance: null,
  cursor: null,
};

/** Narrows the log; what is chosen is in the address. */
export function AuditFilter({ chosen, mayWiden }: { chosen: Chosen; mayWiden: boolean }): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [typed, setTyped] = useState<Chosen>({});
  const go = (changes: Record<string, string | null>): void => {
    setTyped({});
    router.push(withParams(path, params, { ...changes, cursor: null }), { scroll: false });
  };
  const text = (
    name: "actor" | "action" | "resource",
  ): { value: string; onChange: (event: { currentTarget: { value: string } }) => void } => ({
    value: typed[name] ?? chosen[name] ?? "",
    onChange: (event) => {
      const { value } = event.currentTarget;
      setTyped((now) => ({ ...now, [name]: value }));
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    go(Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, value.trim() || null])));
  }
  return (
    <search>
      <form className={classes.filter} onSubmit={submit}>
        <TextInput size="xs" label="Who" placeholder="Name or id" {...text("actor")} />
        <TextInput size="xs" label="Action" placeholder="definition." spellCheck={false} {...text("action")} />
        <TextInput size="xs" label="What" placeholder="feature_group:" spellCheck={false} {...text("resource")} />
        <Select
          size="xs"
          label="Outcome"
          placeholder="Any"
          clearable
          clearButtonProps={{ "aria-label": "Show every outcome" }}
          data={OUTCOMES}
          value={chosen.outcome ?? null}
          onChange={(outcome) => go({ ...typed, outcome })}
        />
        <TextInput
          size="xs"
          type="date"
          label="From (UTC)"
          value={dayOf(chosen.since)}
          onChange={(event) => go({ ...typed, since: instantOf(event.currentTarget.value, "first") })}
        />
        <TextInput
          size="xs"
          type="date"
          label="Until (UTC)"
          value={dayOf(chosen.until)}
          onChange={(event) => go({ ...typed, until: instantOf(event.currentTarget.value, "last") })}
        />
        <div className={classes.filterEnd}>
          <Button type="submit" variant="default" disabled={Object.keys(typed).length === 0}>
            Apply
          </Button>
          {Object.keys(chosen).length > 0 && (
            <Button variant="subtle" color="gray" onClick={() => go(NOTHING)}>
              Clear
            </Button>
          )}
        </div>
      </form>
      {mayWiden && (
        <Switch
          size="xs"
          mb="md"
          label="Also sign-ins and users of the whole instance"
          checked={chosen.instance === "true"}
          onChange={(event) => go({ instance: event.currentTarget.checked ? "true" : null })}
        />
      )}
    </search>
  );
}
