import type { ReactNode } from "react";
import classes from "./states.module.css";

/** What is shown when something failed: what happened, why as far as it is known, and what to do. */
export function ErrorState({
  title,
  children,
  detail,
  action,
  heading = "h1",
}: {
  title: string;
  children?: ReactNode;
  detail?: string;
  action?: ReactNode;
  heading?: "h1" | "h2";
}): React.ReactElement {
  const Heading = heading;
  return (
    <section className={classes.state} role="alert">
      <Heading className={classes.title}>{title}</Heading>
      {children && <div className={classes.body}>{children}</div>}
      {detail && <div className={classes.detail}>{detail}</div>}
      {action && <div className={classes.actions}>{action}</div>}
    </section>
  );
}
