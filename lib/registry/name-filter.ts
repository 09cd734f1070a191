type Contains = { contains: string; mode: "insensitive" };

/** Matches `q` anywhere in name or description; nothing asked matches all. */
export function nameFilter(q: string | undefined): { OR?: ({ name: Contains } | { description: Contains })[] } {
  const text = q?.trim();
  if (!text) return {};
  const contains: Contains = { contains: text, mode: "insensitive" };
  return { OR: [{ name: contains }, { description: contains }] };
}
