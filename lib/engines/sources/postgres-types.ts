/** A column as PostgreSQL's catalog tells of it; `element` is the type of an array's elements. */
export type CatalogColumn = { name: string; type: string; element: string | null; typmod: number };

/** The Larder type of a column, and the expression that writes it as text from which that type reads it back exactly. */
export type TableColumn = { name: string; type: string; sql: string };

const SCALARS: Record<string, string> = {
  int2: "INT32",
  int4: "INT32",
  int8: "INT64",
  float4: "FLOAT32",
  float8: "FLOAT64",
  bool: "BOOL",
  date: "DATE",
  timestamp: "TIMESTAMP",
  timestamptz: "TIMESTAMP",
  bytea: "BYTES",
  json: "JSON",
  jsonb: "JSON",
};

// What JSON holds without loss. Other arrays are text.
const ELEMENTS = new Set(["int2", "int4", "int8", "float4", "float8", "bool", "date", "timestamp", "timestamptz"]);
const TEXTS = new Set(["text", "varchar", "bpchar", "name", "citext", "uuid"]);

/** How a column is read. Every type without one of ours, `numeric` without a precision among them, is STRING: its text. */
export function tableColumn({ name, type, element, typmod }: CatalogColumn): TableColumn {
  const column = quoteName(name);
  if (element !== null) {
    const inner = TEXTS.has(element) ? "STRING" : ELEMENTS.has(element) ? SCALARS[element] : undefined;
    return inner
      ? { name, type: `${inner}[]`, sql: `array_to_json(${column})::text` }
      : { name, type: "STRING", sql: `${column}::text` };
  }
  if (type === "bytea") return { name, type: "BYTES", sql: `translate(encode(${column}, 'base64'), E'\\n', '')` };
  const own = type === "numeric" ? decimalOf(typmod) : SCALARS[type];
  return { name, type: own ?? "STRING", sql: `${column}::text` };
}

/** The DECIMAL that holds every number of a `numeric(p,s)`; undefined: none does, or it has no precision. */
function decimalOf(typmod: number): string | undefined {
  if (typmod < 4) return undefined;
  const precision = ((typmod - 4) >> 16) & 0xffff;
  const scale = ((typmod - 4) & 0x7ff) ^ 0x400;
  const places = scale - 0x400;
  // numeric(3,5) holds 0.00123, numeric(3,-2) holds 12300.
  const digits = places < 0 ? precision - places : Math.max(precision, places);
  return digits <= 38 ? `DECIMAL(${digits},${Math.max(0, places)})` : undefined;
}

/** An identifier as PostgreSQL quotes it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text as the engine reads it: it writes years before our era in another place. */
export function readableText(text: string): string {
  return text.endsWith(" BC") ? text.replace(/^(\d+-\d\d-\d\d)(.*) BC$/, "$1 (BC)$2") : text;
}
