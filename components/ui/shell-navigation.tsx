"use client";

import {
  IconActivity,
  IconApi,
  IconBinaryTree2,
  IconCalendarTime,
  IconCamera,
  IconChartHistogram,
  IconDatabase,
  IconFiles,
  IconGitPullRequest,
  IconHistory,
  IconHome,
  IconKey,
  IconPlayerPlay,
  IconPlugConnected,
  IconSearch,
  IconSettings,
  IconShieldLock,
  IconStack2,
  IconTable,
  IconTableExport,
  IconTerminal2,
  IconUsers,
} from "@tabler/icons-react";
import Link from "next/link";
import classes from "./app-shell.module.css";
import { isCurrent, navigationFor } from "./navigation";
import { formatCount } from "./numbers";
import { useInboxCount } from "./use-inbox-count";

const ICONS: Record<string, typeof IconHome> = {
  "/": IconHome,
  "/features": IconChartHistogram,
  "/feature-groups": IconStack2,
  "/entities": IconKey,
  "/sources": IconDatabase,
  "/feature-views": IconTable,
  "/consumers": IconPlugConnected,
  "/lineage": IconBinaryTree2,
  "/training-sets": IconTableExport,
  "/snapshots": IconCamera,
  "/sql": IconTerminal2,
  "/runs": IconPlayerPlay,
  "/serving": IconActivity,
  "/schedules": IconCalendarTime,
  "/storage": IconFiles,
  "/change-requests": IconGitPullRequest,
  "/members": IconUsers,
  "/tokens": IconShieldLock,
  "/audit": IconHistory,
  "/settings": IconSettings,
  "/api/v1/docs": IconApi,
};

/** Search and every place one may go to, with how many change requests wait for the reader. */
export function ShellNavigation({
  path,
  permissions,
  onSearch,
}: {
  path: string;
  permissions: readonly string[];
  onSearch: () => void;
}): React.ReactElement {
  const waiting = useInboxCount(permissions.includes("change.decide"));
  return (
    <>
      <button type="button" className={classes.search} onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={15} aria-hidden />
        Search or go to
        <kbd aria-hidden>Ctrl K</kbd>
      </button>
      <nav aria-label="Main">
        {navigationFor(permissions).map(({ section, items }) => (
          <div key={section ?? "home"}>
            {section && <p className={classes.section}>{section}</p>}
            <ul className={classes.links}>
              {items.map(({ href, label, external }) => {
                const Icon = ICONS[href] ?? IconHome;
                const Anchor = external ? "a" : Link;
                return (
                  <li key={href}>
                    <Anchor
                      href={href}
                      className={classes.link}
                      aria-current={isCurrent(href, path) ? "page" : undefined}
                    >
                      <Icon size={16} stroke={1.6} aria-hidden />
                      {label}
                      {href === "/change-requests" && waiting > 0 && (
                        <span className={classes.badge}>
                          {formatCount(waiting)}
                          <span className="visually-hidden"> waiting for your decision</span>
                        </span>
                      )}
                    </Anchor>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
    </>
  );
}
