import type { ReactNode } from "react";
import classes from "./auth.module.css";

/** The one thing on a page without navigation: what it is for, and its form. */
export function AuthCard({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}): React.ReactElement {
  return (
    <div className={classes.card}>
      <h1 className={classes.title}>{title}</h1>
      {lead && <p className={classes.lead}>{lead}</p>}
      {children && <div className={classes.body}>{children}</div>}
    </div>
  );
}
