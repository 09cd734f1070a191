"use client";

import { HoverCard } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import classes from "./label.module.css";

/** A chip that leads to `href` and shows the whole label while the pointer rests on it. */
export function HoverLabel({
  href,
  label,
  children,
}: {
  href: string;
  label: ReactNode;
  children: ReactNode;
}): React.ReactElement {
  return (
    <HoverCard width={360} openDelay={280} closeDelay={80} shadow="md">
      <HoverCard.Target>
        <Link href={href} className={classes.chip} prefetch={false}>
          {children}
        </Link>
      </HoverCard.Target>
      <HoverCard.Dropdown style={{ padding: 0, border: 0, background: "transparent" }}>{label}</HoverCard.Dropdown>
    </HoverCard>
  );
}
