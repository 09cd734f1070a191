import type { ReactNode } from "react";
import classes from "./states.module.css";

/** What a list shows when it is empty: what would be here, and the next step. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}): React.ReactElement {
  return (
    <section className={classes.state}>
      <h2 className={classes.title}>{title}</h2>
      {children && <div className={classes.body}>{children}</div>}
      {action && <div className={classes.actions}>{action}</div>}
    </section>
  );
}
