"use client";

import { Button, Select, Tabs, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import form from "../registry/form.module.css";
import { Upload } from "../registry/upload";
import { CodeBlock } from "../ui/code-block";
import { formatCount } from "../ui/numbers";
import { type Choices, type SetDraft, SPINE_KINDS, type SpineKind, spineOf, withSeen, withSpine } from "./set-draft";
import { SpineSeen, UnusableRows } from "./spine-seen";
import { SpineSql } from "./spine-sql";
import classes from "./training.module.css";
import { useSpine } from "./use-spine";

/** SQL is run when typing pauses for so long. */
const PAUSE_MS = 700;

const TABS: Record<SpineKind, string> = {
  upload: "Upload a file",
  sql: "SQL",
  group: "Feature group",
  view: "From a view",
};

export type StepProps = {
  draft: SetDraft;
  errors: Record<string, string>;
  choices: Choices;
  edit: (update: (now: SetDraft) => SetDraft) => void;
};

/** The first step: the rows that features are joined to, from one of four places. */
export function StepSpine(props: StepProps): React.ReactElement {
  const { draft, errors, choices, edit } = props;
  const { kind } = draft.spine;
  const { sql } = draft.spine;
  const [ran, setRan] = useState(sql);
  useEffect(() => {
    const timer = setTimeout(() => setRan(sql), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [sql]);
  const spine = kind !== "sql" ? spineOf(draft, choices.views) : ran.trim() === "" ? null : { sql: ran };
  const stale = kind === "sql" && ran !== sql;
  const { preview, pending, problem, retry } = useSpine(spine, (of, seen) => edit((now) => withSeen(now, of, seen)));
  const set = (part: Partial<SetDraft["spine"]>): void => edit((now) => withSpine(now, part, choices.views));
  return (
    <>
      <p className={form.quiet}>
        A row says which keys, at what time, and whatever is to be kept, such as the label. Each row comes out once, in
        its order, with the features that were known then.
      </p>
      <Tabs value={kind} onChange={(value) => set({ kind: SPINE_KINDS.find((one) => one === value) ?? "upload" })}>
        <Tabs.List aria-label="Where the rows come from">
          {SPINE_KINDS.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {TABS[value]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="upload" className={classes.tabs}>
          <UploadSpine draft={draft} error={errors.upload} set={set} />
        </Tabs.Panel>
        <Tabs.Panel value="sql" className={classes.tabs}>
          {kind === "sql" && (
            <SpineSql
              value={sql}
              error={errors.sql}
              problem={stale ? null : problem}
              pending={pending}
              onChange={(text) => set({ sql: text })}
              onRun={() => (stale ? setRan(sql) : retry())}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="group" className={classes.tabs}>
          <GroupSpine {...props} set={set} />
        </Tabs.Panel>
        <Tabs.Panel value="view" className={classes.tabs}>
          <ViewSpine {...props} set={set} />
        </Tabs.Panel>
      </Tabs>
      {pending && (
        <p className={form.quiet} role="status">
          Reading the rows…
        </p>
      )}
      {problem && kind !== "sql" && <UnusableRows detail={problem.detail} retry={retry} />}
      {preview && !problem && (
        <div className={stale ? classes.stale : undefined}>
          <SpineSeen
            draft={draft}
            preview={preview}
            errors={errors}
            change={(part) => edit((now) => ({ ...now, ...part }))}
          />
        </div>
      )}
      {errors.seen && (
        <p className={form.error} role="alert">
          {errors.seen}
        </p>
      )}
    </>
  );
}

type SpineProps = { set: (spine: Partial<SetDraft["spine"]>) => void };

function UploadSpine({
  draft,
  error,
  set,
}: SpineProps & { draft: SetDraft; error: string | undefined }): React.ReactElement {
  const { upload } = draft.spine;
  return (
    <div className={classes.section}>
      {upload ? (
        <p className={form.actions} style={{ margin: 0 }}>
          <span>
            <strong>{upload.name}</strong>, {formatCount(upload.rowCount)} rows
          </span>
          <Button size="compact-sm" variant="default" onClick={() => set({ upload: null })}>
            Use another file
          </Button>
        </p>
      ) : (
        <Upload purpose="spine" onUploaded={({ path, rowCount }, name) => set({ upload: { path, name, rowCount } })} />
      )}
      {error && (
        <p className={form.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function GroupSpine({ draft, errors, choices, set }: SpineProps & StepProps): React.ReactElement {
  const { group } = draft.spine;
  const put = (part: Partial<typeof group>): void => set({ group: { ...group, ...part } });
  return (
    <div className={classes.section}>
      <p className={form.quiet}>Every key and event time that the group has, each once.</p>
      <Select
        label="Feature group"
        className={form.mono}
        searchable
        allowDeselect={false}
        data={Object.keys(choices.joinKeys)}
        value={group.name || null}
        error={errors.group}
        onChange={(name) => name && put({ name })}
      />
      <div className={form.row}>
        <TextInput
          type="datetime-local"
          step={1}
          label="From (UTC)"
          description="Event times from then on; empty: all"
          value={group.start}
          error={errors.start}
          onChange={(event) => put({ start: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          step={1}
          label="Until (UTC)"
          description="Event times before then; empty: all"
          value={group.end}
          error={errors.end}
          onChange={(event) => put({ end: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}

function ViewSpine({ draft, errors, choices, set }: SpineProps & StepProps): React.ReactElement {
  const offering = choices.views.filter((view) => view.spine);
  const offered = offering.find((view) => view.name === draft.spine.view)?.spine;
  if (offering.length === 0)
    return <p className={form.quiet}>No feature view offers rows of its own. Bring yours in one of the other ways.</p>;
  return (
    <div className={classes.section}>
      <Select
        label="View that offers the rows"
        className={form.mono}
        searchable
        allowDeselect={false}
        data={offering.map((view) => view.name)}
        value={draft.spine.view || null}
        error={errors.view}
        onChange={(view) => view && set({ view })}
      />
      {offered && <CodeBlock language="sql" title={`Rows that ${draft.spine.view} offers`} code={offered.sql} />}
    </div>
  );
}
