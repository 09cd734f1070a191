"use client";

import { Autocomplete, Select, Switch, TextInput } from "@mantine/core";
import { useMemo } from "react";
import type { Schedule } from "@/lib/registry/definition-schema";
import classes from "./form.module.css";
import {
  CATCH_UP_WORDS,
  FIRST_INTERVALS,
  FIRST_SCHEDULE,
  NO_TIMING,
  type TimingDraft,
  USUAL_CRONS,
} from "./timing-draft";

type Props = {
  timing: TimingDraft | undefined;
  errors: Record<string, string>;
  change: (update: (now: TimingDraft) => TimingDraft) => void;
};

const OTHER = "other";

/** When a group is computed: by itself on a schedule, and all at once or by intervals of event time. */
export function GroupTiming({ timing = NO_TIMING, errors, change }: Props): React.ReactElement {
  return (
    <>
      <Switch
        label="Refresh it by itself"
        description="On a schedule. Else it is recomputed when somebody asks for it."
        checked={timing.schedule !== null}
        onChange={(event) => {
          const schedule = event.currentTarget.checked ? FIRST_SCHEDULE : null;
          change((now) => ({ ...now, schedule }));
        }}
      />
      {errors.schedule && <p className={classes.error}>{errors.schedule}</p>}
      {timing.schedule && <ScheduleFields schedule={timing.schedule} errors={errors} change={change} />}
      <Switch
        label="Compute it by intervals of event time"
        description="Each interval once, when it is over. For data that only grows: a refresh then reads what is new."
        checked={timing.incremental !== null}
        onChange={(event) => {
          const incremental = event.currentTarget.checked ? FIRST_INTERVALS : null;
          change((now) => ({ ...now, incremental }));
        }}
      />
      {errors.incremental && <p className={classes.error}>{errors.incremental}</p>}
      {timing.incremental && <IntervalFields incremental={timing.incremental} errors={errors} change={change} />}
    </>
  );
}

function ScheduleFields({
  schedule,
  errors,
  change,
}: Omit<Props, "timing"> & { schedule: NonNullable<TimingDraft["schedule"]> }): React.ReactElement {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")], []);
  const usual = USUAL_CRONS.some(({ cron }) => cron === schedule.cron);
  const put = (part: Partial<NonNullable<TimingDraft["schedule"]>>): void =>
    change((now) => ({ ...now, schedule: { ...schedule, ...now.schedule, ...part } }));
  return (
    <>
      <div className={classes.row}>
        <Select
          label="How often"
          allowDeselect={false}
          data={[...USUAL_CRONS.map(({ cron, label }) => ({ value: cron, label })), { value: OTHER, label: "Other" }]}
          value={usual ? schedule.cron : OTHER}
          onChange={(value) => put({ cron: value === OTHER ? "30 5 * * *" : (value ?? schedule.cron) })}
        />
        <Autocomplete
          label="Time zone"
          description="Days of 23 and 25 hours are taken as they come"
          data={zones}
          limit={40}
          value={schedule.timeZone}
          error={errors["schedule.timeZone"]}
          onChange={(timeZone) => put({ timeZone })}
        />
      </div>
      <div className={classes.row}>
        {(!usual || errors["schedule.cron"]) && (
          <TextInput
            label="Cron"
            description="Minute, hour, day of month, month, day of week"
            className={classes.mono}
            spellCheck={false}
            value={schedule.cron}
            error={errors["schedule.cron"]}
            onChange={(event) => put({ cron: event.currentTarget.value })}
          />
        )}
        <Select
          label="Ticks that nobody was there for"
          description={CATCH_UP_WORDS[schedule.catchUp].about}
          allowDeselect={false}
          data={Object.entries(CATCH_UP_WORDS).map(([value, { label }]) => ({ value, label }))}
          value={schedule.catchUp}
          onChange={(value) => put({ catchUp: (value ?? schedule.catchUp) as Schedule["catchUp"] })}
        />
      </div>
    </>
  );
}

function IntervalFields({
  incremental,
  errors,
  change,
}: Omit<Props, "timing"> & { incremental: NonNullable<TimingDraft["incremental"]> }): React.ReactElement {
  const put = (part: Partial<NonNullable<TimingDraft["incremental"]>>): void =>
    change((now) => ({ ...now, incremental: { ...incremental, ...now.incremental, ...part } }));
  const text = (
    field: keyof typeof incremental,
    label: string,
    description: string,
    placeholder: string,
  ): React.ReactElement => (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      className={classes.mono}
      spellCheck={false}
      value={incremental[field]}
      error={errors[`incremental.${field}`]}
      onChange={(event) => put({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <>
      <div className={classes.row}>
        {text("interval", "Length of an interval", "Such as 1h, 1d or 7d; counted in UTC", "1d")}
        {text("start", "First interval from", "An instant, such as 2026-01-01", "2026-01-01")}
      </div>
      <div className={classes.row}>
        {text("lookback", "Look back", "For late rows: intervals this young are computed again; empty for none", "2d")}
      </div>
      <p className={classes.quiet}>
        The SQL may read <code>getvariable('interval_start')</code> and <code>getvariable('interval_end')</code>. What
        it gives outside of the interval is left out.
      </p>
    </>
  );
}
