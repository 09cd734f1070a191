"use client";

import { useRouter } from "next/navigation";
import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import classes from "./data-table.module.css";

const CONTROLS = "a, button, input, select, label, summary, [role=button]";

/** A table row that opens `href` on click; arrow keys move between the links of the rows. */
export function OpeningRow({ href, children }: { href: string; children: ReactNode }): React.ReactElement {
  const router = useRouter();

  function open(event: MouseEvent<HTMLTableRowElement>): void {
    if ((event.target as Element).closest(CONTROLS) || window.getSelection()?.toString()) return;
    if (event.metaKey || event.ctrlKey) window.open(href, "_blank", "noopener");
    else router.push(href);
  }

  function move(event: KeyboardEvent<HTMLTableRowElement>): void {
    if (!(event.target as Element).matches("[data-row-link]")) return;
    const row = event.currentTarget;
    const next =
      event.key === "ArrowDown" ? row.nextElementSibling : event.key === "ArrowUp" ? row.previousElementSibling : null;
    const link = next?.querySelector<HTMLElement>("[data-row-link]");
    if (!link) return;
    event.preventDefault();
    link.focus();
  }

  return (
    <tr className={`${classes.row} ${classes.opens}`} onClick={open} onKeyDown={move}>
      {children}
    </tr>
  );
}
