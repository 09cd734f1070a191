/** One place to go to. `external` addresses are not pages of the app's router. */
export type Destination = { label: string; href: string; about: string; external?: boolean };

/** Everything the navigation and the command palette lead to, by section. */
export const NAVIGATION: { section: string | null; items: Destination[] }[] = [
  { section: null, items: [{ label: "Home", href: "/", about: "What is here and what to do next" }] },
  {
    section: "Catalog",
    items: [
      { label: "Features", href: "/features", about: "Every feature with its distribution, owner and status" },
      { label: "Feature groups", href: "/feature-groups", about: "Features computed together, and their data" },
      { label: "Entities", href: "/entities", about: "What features describe; look up one key" },
      { label: "Sources", href: "/sources", about: "Where rows come from" },
      { label: "Feature views", href: "/feature-views", about: "What a model reads" },
    ],
  },
  {
    section: "Operate",
    items: [
      { label: "Lineage", href: "/lineage", about: "What is made from what" },
      { label: "Training sets", href: "/training-sets", about: "Point-in-time correct data to train with" },
      { label: "Runs", href: "/runs", about: "What is being computed, and what was" },
    ],
  },
  {
    section: "Build",
    items: [{ label: "API docs", href: "/api/v1/docs", about: "Every endpoint, to read and to try", external: true }],
  },
];

/** Whether `href` is where the reader is: the page itself or one below it. */
export function isCurrent(href: string, path: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}
