"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import classes from "./link-tabs.module.css";
import { withParams } from "./search-params";

/** Tabs that are links: which one is open is the URL parameter `param`, the first one when it is absent. */
export function LinkTabs({
  param,
  label,
  current,
  tabs,
}: {
  param: string;
  label: string;
  current: string;
  tabs: { value: string; label: string }[];
}): React.ReactElement {
  const path = usePathname();
  const params = useSearchParams();
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab, index) => (
        <Link
          key={tab.value}
          href={withParams(path, params, { [param]: index === 0 ? null : tab.value, cursor: null })}
          className={classes.tab}
          aria-current={tab.value === current ? "page" : undefined}
          scroll={false}
          replace
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
