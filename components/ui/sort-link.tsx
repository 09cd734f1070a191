"use client";

import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import classes from "./data-table.module.css";
import { withParams } from "./search-params";

/** A column header that sorts by its key through the URL, and turns the order round when it already does. */
export function SortLink({
  sortKey,
  current,
  children,
}: {
  sortKey: string;
  current?: { key: string; order: "asc" | "desc" };
  children: ReactNode;
}): React.ReactElement {
  const path = usePathname();
  const params = useSearchParams();
  const active = current?.key === sortKey;
  const order = active && current.order === "asc" ? "desc" : "asc";
  const Arrow = current?.order === "desc" ? IconArrowDown : IconArrowUp;
  return (
    <Link
      href={withParams(path, params, { sort: sortKey, order, cursor: null })}
      className={`${classes.sort} ${active ? classes.sorted : ""}`}
      scroll={false}
      prefetch={false}
    >
      {children}
      {active && <Arrow size={13} aria-hidden />}
    </Link>
  );
}
