/** Words that SQL keeps for itself; a column of that name must stand in quotes. */
const RESERVED = new Set(
  `all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint binary bit boolean both
  by case cast char character check coalesce collate collation column columns concurrently constraint create cross date
  dec decimal default deferrable desc describe distinct do else end except exists extract false fetch float for foreign
  freeze from full generated glob group grouping grouping_id having ilike in initially inner inout int integer intersect
  interval into is isnull join lambda lateral leading left like limit map national natural nchar none not notnull null
  nullif numeric offset on only or order out outer overlaps overlay pivot pivot_longer pivot_wider placing position
  positional precision primary qualify real references returning right row select semi setof show similar smallint some
  struct substring summarize symmetric table tablesample then time timestamp to trailing treat trim true try_cast union
  unique unpack unpivot using values varchar variadic verbose when where window with`.split(/\s+/),
);

/** A column or table name as SQL reads it: quoted where it must be. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A name by Larder's rule that is close to `text`: `Total Sales (€)` becomes `total_sales`. Empty: nothing is left of it. */
export function nameFrom(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 63)
    .replace(/_+$/, "");
}

/** A SELECT of these columns in this order; names that features cannot have get ones that they can. */
export function selectOf(columns: readonly string[], from: string): string {
  const taken = new Set<string>();
  const list = columns.map((column) => {
    const base = nameFrom(column) || "column";
    let alias = /^[a-z][a-z0-9_]{0,62}$/.test(column) ? column : base;
    for (let number = 2; taken.has(alias); number++) alias = `${base.slice(0, 60)}_${number}`;
    taken.add(alias);
    return alias === column ? `  ${sqlName(column)}` : `  ${sqlName(column)} AS ${sqlName(alias)}`;
  });
  return `SELECT\n${list.join(",\n")}\nFROM ${sqlName(from)}`;
}

/** SQL that stands in parentheses: without the semicolon that may end it. */
export function indented(sql: string): string {
  const text = sql.trim().replace(/;\s*$/, "");
  return text
    .split("\n")
    .map((line) => (line === "" ? line : `  ${line}`))
    .join("\n");
}
