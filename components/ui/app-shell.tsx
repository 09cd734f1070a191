"use client";

import { ActionIcon, Burger, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconApi,
  IconBinaryTree2,
  IconChartHistogram,
  IconDatabase,
  IconHome,
  IconKey,
  IconPlayerPlay,
  IconSearch,
  IconStack2,
  IconTable,
  IconTableExport,
} from "@tabler/icons-react";
import Image from "next/image";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import classes from "./app-shell.module.css";
import { ColorSchemeSwitch } from "./color-scheme-switch";
import { isCurrent, NAVIGATION } from "./navigation";

const ICONS: Record<string, typeof IconHome> = {
  "/": IconHome,
  "/features": IconChartHistogram,
  "/feature-groups": IconStack2,
  "/entities": IconKey,
  "/sources": IconDatabase,
  "/feature-views": IconTable,
  "/lineage": IconBinaryTree2,
  "/training-sets": IconTableExport,
  "/runs": IconPlayerPlay,
  "/api/v1/docs": IconApi,
};

function Brand({ project }: { project: string | null }): React.ReactElement {
  return (
    <Link href="/" className={classes.brand}>
      <Image src="/icon.svg" alt="" width={26} height={26} />
      <span className={classes.brandName}>
        Larder
        {project && <span className={classes.project}>{project}</span>}
      </span>
    </Link>
  );
}

function Navigation({ path, onSearch }: { path: string; onSearch: () => void }): React.ReactElement {
  return (
    <>
      <button type="button" className={classes.search} onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={15} aria-hidden />
        Search or go to
        <kbd aria-hidden>Ctrl K</kbd>
      </button>
      <nav aria-label="Main">
        {NAVIGATION.map(({ section, items }) => (
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
                    </Anchor>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
      <div className={classes.foot}>
        <ColorSchemeSwitch />
      </div>
    </>
  );
}

/** The frame of every page: navigation, search, theme, skip link; a drawer holds the navigation on narrow screens. */
export function AppShell({
  project,
  onSearch,
  children,
}: {
  project: string | null;
  onSearch: () => void;
  children: ReactNode;
}): React.ReactElement {
  const path = usePathname();
  const [opened, { open, close }] = useDisclosure(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer
  useEffect(() => close(), [path]);
  const search = (): void => {
    close();
    onSearch();
  };
  return (
    <>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <div className={classes.shell}>
        <aside className={classes.sidebar} aria-label="Sidebar">
          <Brand project={project} />
          <Navigation path={path} onSearch={search} />
        </aside>
        <section className={classes.topbar} aria-label="Top bar">
          <Burger opened={opened} onClick={open} size="sm" aria-label="Open navigation" aria-expanded={opened} />
          <Brand project={project} />
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Search" onClick={search}>
            <IconSearch size={18} aria-hidden />
          </ActionIcon>
        </section>
        <main id="main" className={classes.main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <Drawer
        opened={opened}
        onClose={close}
        size={280}
        title="Larder"
        closeButtonProps={{ "aria-label": "Close navigation" }}
      >
        <div className={classes.drawer}>
          <Navigation path={path} onSearch={search} />
        </div>
      </Drawer>
    </>
  );
}
