import Link from "next/link";
import type { ReactNode } from "react";
import classes from "./page-header.module.css";

export type PageHeaderProps = {
  title: string;
  breadcrumbs?: { label: string; href: string }[];
  description?: ReactNode;
  action?: ReactNode;
  meta?: ReactNode;
  mono?: boolean;
};

/** The head of every page: where it is, what it is called, what it is, and its one primary action. */
export function PageHeader({
  title,
  breadcrumbs,
  description,
  action,
  meta,
  mono,
}: PageHeaderProps): React.ReactElement {
  return (
    <header className={classes.header}>
      {breadcrumbs && breadcrumbs.length > 0 && (
        <nav aria-label="Breadcrumbs">
          <ol className={classes.crumbs}>
            {breadcrumbs.map((crumb) => (
              <li key={crumb.href}>
                <Link href={crumb.href}>{crumb.label}</Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className={classes.line}>
        <h1 className={mono ? `${classes.title} ${classes.mono}` : classes.title}>{title}</h1>
        {action && <div>{action}</div>}
      </div>
      {description && <p className={classes.description}>{description}</p>}
      {meta && <div className={classes.meta}>{meta}</div>}
    </header>
  );
}
