"use client";

import { Button, type ButtonProps } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

/** A link that looks like a button; `external` leaves the app's router out (API documents, downloads). */
export function LinkButton({
  href,
  external,
  children,
  ...props
}: ButtonProps & { href: string; external?: boolean; children: ReactNode }): React.ReactElement {
  if (external) {
    return (
      <Button component="a" href={href} {...props}>
        {children}
      </Button>
    );
  }
  return (
    <Button component={Link} href={href} {...props}>
      {children}
    </Button>
  );
}
