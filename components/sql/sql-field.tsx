"use client";

import dynamic from "next/dynamic";
import classes from "./sql-field.module.css";

// The editor is large and nothing without a browser, so pages arrive without it.
const Code = dynamic(() => import("./sql-code").then((module) => module.SqlCode), {
  ssr: false,
  loading: () => <div className={classes.waiting} role="status" aria-label="Loading the editor" />,
});

/** The SQL editor, loaded when it is shown. */
export function SqlField(props: React.ComponentProps<typeof Code>): React.ReactElement {
  return <Code {...props} />;
}
