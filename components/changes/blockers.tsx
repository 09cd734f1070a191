import type { CSSProperties } from "react";
import classes from "./changes.module.css";
import { Sentences } from "./sentences";

/** What stands against a change of status, each with links to what it names. */
export function Blockers({ sentences, title }: { sentences: string[]; title?: string }): React.ReactElement | null {
  if (sentences.length === 0) return null;
  return (
    <div
      className={`${classes.notice} ${classes.small}`}
      style={{ "--tone": "var(--larder-danger)" } as CSSProperties}
      role="alert"
    >
      <p className={classes.noticeTitle}>{title ?? "Something stands against it"}</p>
      <Sentences sentences={sentences} />
    </div>
  );
}
