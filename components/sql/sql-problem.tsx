import { Button } from "@mantine/core";
import classes from "./sql-problem.module.css";

/** Why SQL did not run, in the engine's words, with the way to the place where that is known. */
export function SqlProblem({
  title = "This cannot run",
  detail,
  line,
  onGo,
}: {
  title?: string;
  detail: string;
  line: number | null;
  onGo?: (() => void) | undefined;
}): React.ReactElement {
  return (
    <div className={classes.problem} role="alert">
      <strong>{line === null ? title : `${title}: line ${line}`}</strong>{" "}
      {line !== null && onGo && (
        <Button variant="subtle" size="compact-xs" onClick={onGo}>
          Go to it
        </Button>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{detail}</pre>
    </div>
  );
}
