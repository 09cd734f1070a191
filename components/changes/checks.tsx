import { Tooltip } from "@mantine/core";
import { IconCheck, IconMinus, IconX } from "@tabler/icons-react";
import type { Check } from "@/lib/registry/change-schema";
import classes from "./changes.module.css";
import { CHECK_NAMES } from "./words";

const ICONS = { pass: IconCheck, fail: IconX, unknown: IconMinus };
const WORDS = { pass: "passes", fail: "fails", unknown: "not known" };

function Mark({ check }: { check: Check }): React.ReactElement {
  const Icon = ICONS[check.state];
  return (
    <span className={`${classes.mark} ${classes[check.state]}`}>
      <Icon size={14} stroke={2.4} aria-hidden />
    </span>
  );
}

/** The checks of a change request as marks in a row; what each found is in its tooltip and for screen readers. */
export function CheckMarks({ checks }: { checks: Check[] }): React.ReactElement {
  return (
    <span className={classes.marks}>
      {checks.map((check) => (
        <Tooltip key={check.name} label={`${CHECK_NAMES[check.name]}: ${check.detail}`} multiline maw={360}>
          <span>
            <Mark check={check} />
            <span className="visually-hidden">
              {CHECK_NAMES[check.name]} {WORDS[check.state]}
            </span>
          </span>
        </Tooltip>
      ))}
    </span>
  );
}

/** The checks of a change request, one line each with what was found. */
export function CheckList({ checks }: { checks: Check[] }): React.ReactElement {
  return (
    <ul className={classes.checks}>
      {checks.map((check) => (
        <li key={check.name}>
          <Mark check={check} />
          <span>
            {CHECK_NAMES[check.name]}
            <span className="visually-hidden"> {WORDS[check.state]}</span>
          </span>
          <span className={check.state === "fail" ? undefined : classes.quiet}>{check.detail}</span>
        </li>
      ))}
    </ul>
  );
}
