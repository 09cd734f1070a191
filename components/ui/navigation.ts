/** One place to go to. `external` addresses are not pages of the app's router; `needs` is the permission it takes. */
export type Destination = { label: string; href: string; about: string; external?: boolean; needs?: string };

type NavigationSection = { section: string | null; items: Destination[] };

/** Everything the navigation and the command palette lead to, by section. */
export const NAVIGATION: NavigationSection[] = [
  { section: null, items: [{ label: "Home", href: "/", about: "What is here and what to do next" }] },
  {
    section: "Catalog",
    items: [
      { label: "Features", href: "/features", about: "Every feature with its distribution, owner and status" },
      { label: "Feature groups", href: "/feature-groups", about: "Features computed together, and their data" },
      { label: "Entities", href: "/entities", about: "What features describe; look up one key" },
      { label: "Sources", href: "/sources", about: "Where rows come from" },
      { label: "Feature views", href: "/feature-views", about: "What a model reads" },
      { label: "Consumers", href: "/consumers", about: "Models and services that read features" },
    ],
  },
  {
    section: "Operate",
    items: [
      { label: "Lineage", href: "/lineage", about: "What is made from what" },
      { label: "Training sets", href: "/training-sets", about: "Point-in-time correct data to train with" },
      {
        label: "SQL workbench",
        href: "/sql",
        about: "Query sources and feature groups",
        needs: "sql.run",
      },
      { label: "Snapshots", href: "/snapshots", about: "Names for what groups held at a moment; compare two" },
      { label: "Runs", href: "/runs", about: "What is being computed, and what was" },
      {
        label: "Serving",
        href: "/serving",
        about: "Online reads as they are answered: rate, latency, errors, freshness",
      },
      { label: "Schedules", href: "/schedules", about: "What is refreshed by itself, and when it comes next" },
      {
        label: "Storage",
        href: "/storage",
        about: "Whether every stored file is whole, and what takes up space",
        needs: "storage.read",
      },
    ],
  },
  {
    section: "Govern",
    items: [
      {
        label: "Change requests",
        href: "/change-requests",
        about: "What waits for a decision, and what was decided",
        needs: "catalog.read",
      },
      { label: "Members", href: "/members", about: "Who may do what in this project", needs: "member.read" },
      { label: "API tokens", href: "/tokens", about: "Access for programs", needs: "token.manage" },
      { label: "Audit log", href: "/audit", about: "Who did what, when, from where", needs: "audit.read" },
      { label: "Settings", href: "/settings", about: "The project, and what each role may do", needs: "member.read" },
    ],
  },
  {
    section: "Build",
    items: [{ label: "API docs", href: "/api/v1/docs", about: "Every endpoint, to read and to try", external: true }],
  },
];

/** The navigation of somebody with these permissions; sections without anything for them are left out. */
export function navigationFor(permissions: readonly string[]): NavigationSection[] {
  return NAVIGATION.flatMap(({ section, items }) => {
    const open = items.filter((item) => item.needs === undefined || permissions.includes(item.needs));
    return open.length > 0 ? [{ section, items: open }] : [];
  });
}

/** Whether `href` is where the reader is: the page itself or one below it. */
export function isCurrent(href: string, path: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}
