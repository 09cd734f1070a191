"use client";

import { Popover, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogin, IconLogout, IconSelector, IconUser, IconUsersGroup } from "@tabler/icons-react";
import Link from "next/link";
import type { Me } from "@/lib/access/schema";
import classes from "./app-shell.module.css";
import { ColorSchemeSwitch } from "./color-scheme-switch";
import { signOut } from "./sign-out";

/** Who is signed in and as what; opens their account, the colours, and the way out. */
export function UserMenu({ me }: { me: Me }): React.ReactElement {
  const [opened, { toggle, close }] = useDisclosure(false);
  const role = me.project?.role ?? (me.project ? "no role" : "no project");
  const rights = [role, me.project?.sensitive && "sensitive"].filter(Boolean).join(" + ");
  return (
    <Popover opened={opened} onChange={close} position="top-start" width={232} trapFocus withinPortal shadow="md">
      <Popover.Target>
        <UnstyledButton
          className={classes.user}
          onClick={toggle}
          aria-label={`${me.user.name}, ${rights}: account menu`}
        >
          <span className={classes.avatar} aria-hidden>
            {initialsOf(me.user.name)}
          </span>
          <span className={classes.who}>
            <span className={classes.userName}>{me.user.name}</span>
            <span className={classes.role}>{rights}</span>
          </span>
          <IconSelector size={15} className={classes.selector} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label="Account menu">
        {me.user.email && <p className={classes.email}>{me.user.email}</p>}
        <Link href="/account" className={classes.link} onClick={close}>
          <IconUser size={16} stroke={1.6} aria-hidden />
          Account
        </Link>
        {me.user.instanceAdmin && (
          <Link href="/users" className={classes.link} onClick={close}>
            <IconUsersGroup size={16} stroke={1.6} aria-hidden />
            Users of this instance
          </Link>
        )}
        <div className={classes.colours}>
          <ColorSchemeSwitch />
        </div>
        {me.demo ? (
          <Link href="/sign-in" className={classes.link} onClick={close}>
            <IconLogin size={16} stroke={1.6} aria-hidden />
            Sign in with an account
          </Link>
        ) : (
          <UnstyledButton className={classes.link} onClick={() => void signOut()}>
            <IconLogout size={16} stroke={1.6} aria-hidden />
            Sign out
          </UnstyledButton>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "").join("");
}
