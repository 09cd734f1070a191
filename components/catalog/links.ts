/** The page of a feature by its reference. */
export function featureHref(reference: string): string {
  return `/features/${encodeURIComponent(reference)}`;
}

/** The page of a feature group. */
export function groupHref(name: string): string {
  return `/feature-groups/${encodeURIComponent(name)}`;
}

/** The lineage explorer, starting at a node such as `feature_group:airport_traffic`. */
export function lineageHref(node: string): string {
  return `/lineage?node=${encodeURIComponent(node)}`;
}
