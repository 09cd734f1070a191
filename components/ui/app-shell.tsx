"use client";

import { ActionIcon, Burger, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import Image from "next/image";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import type { Me } from "@/lib/access/schema";
import classes from "./app-shell.module.css";
import { ColorSchemeSwitch } from "./color-scheme-switch";
import { DemoBanner } from "./demo-banner";
import { ProjectSwitch } from "./project-switch";
import { ShellNavigation } from "./shell-navigation";
import { UserMenu } from "./user-menu";

/** Pages that stand alone also for whoever is signed in. */
const ALONE = ["/sign-in", "/setup", "/invitation", "/reset", "/no-project"];

function Brand({ me }: { me: Me | null }): React.ReactElement {
  return (
    <div className={classes.brand}>
      <Link href="/" aria-label="Larder, home">
        <Image src="/icon.svg" alt="" width={26} height={26} />
      </Link>
      <span className={classes.brandName}>
        <Link href="/" tabIndex={-1} aria-hidden>
          Larder
        </Link>
        {me && <ProjectSwitch me={me} />}
      </span>
    </div>
  );
}

function Side({ me, path, onSearch }: { me: Me; path: string; onSearch: () => void }): React.ReactElement {
  return (
    <>
      {me.project && <ShellNavigation path={path} permissions={me.project.permissions} onSearch={onSearch} />}
      <div className={classes.foot}>
        <UserMenu me={me} />
      </div>
    </>
  );
}

/** The frame of a page without navigation: the name, the page in the middle, the colours. */
function Alone({ me, children }: { me: Me | null; children: ReactNode }): React.ReactElement {
  return (
    <div className={me?.demo ? classes.withBanner : undefined}>
      {me?.demo && <DemoBanner persona={me.demo} />}
      <div className={classes.alone}>
        <header>
          <Brand me={null} />
        </header>
        <main id="main" className={classes.aloneMain} tabIndex={-1}>
          {children}
        </main>
        <footer>
          <ColorSchemeSwitch />
        </footer>
      </div>
    </div>
  );
}

/**
 * The frame of every page: navigation as far as the reader's role goes, search, who they are, skip link; a drawer holds
 * the navigation on narrow screens. Whoever is not signed in gets the page alone.
 */
export function AppShell({
  me,
  onSearch,
  children,
}: {
  me: Me | null;
  onSearch: () => void;
  children: ReactNode;
}): React.ReactElement {
  const path = usePathname();
  const [opened, { open, close }] = useDisclosure(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer
  useEffect(() => close(), [path]);
  if (!me || ALONE.includes(path)) return <Alone me={me}>{children}</Alone>;
  const search = (): void => {
    close();
    onSearch();
  };
  return (
    <div className={me.demo ? classes.withBanner : undefined}>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      {me.demo && <DemoBanner persona={me.demo} />}
      <div className={classes.shell}>
        <aside className={classes.sidebar} aria-label="Sidebar">
          <Brand me={me} />
          <Side me={me} path={path} onSearch={search} />
        </aside>
        <section className={classes.topbar} aria-label="Top bar">
          <Burger opened={opened} onClick={open} size="sm" aria-label="Open navigation" aria-expanded={opened} />
          <Brand me={me} />
          {me.project && (
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Search" onClick={search}>
              <IconSearch size={18} aria-hidden />
            </ActionIcon>
          )}
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
          <Side me={me} path={path} onSearch={search} />
        </div>
      </Drawer>
    </div>
  );
}
