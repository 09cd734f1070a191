import type { JoinKey } from "@/lib/registry/definition-schema";

/** What the copyable code is about. `key` is an entity id as the API writes it: URL-encoded values joined by |. */
export type SnippetSubject = {
  origin: string;
  reference: string;
  name: string;
  group: string;
  joinKeys: JoinKey[];
  key: string | null;
  eventTime: string;
  lastEventTime: string | null;
};
export type Snippet = { value: string; label: string; language: string; code: string };

function valuesOf(key: string | null, joinKeys: JoinKey[]): (string | number | boolean)[] {
  const parts = key?.split("|") ?? [];
  return joinKeys.map(({ name, type }, index) => {
    const text = decodeURIComponent(parts[index] ?? name.toUpperCase());
    if (type === "BOOL") return text === "true";
    return type.startsWith("INT") && Number.isSafeInteger(Number(text)) ? Number(text) : text;
  });
}

function sqlLiteral(value: string | number | boolean): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** The URL that answers one feature of one entity. */
export function featureUrl(origin: string, reference: string, key: string): string {
  return `${origin}/api/v1/features/${encodeURIComponent(reference).replace("%3A", ":")}/entity/${encodeURIComponent(key)}`;
}

/** Code that reads a feature online, and at an instant of the past, in four languages. */
export function writeSnippets(subject: SnippetSubject): Snippet[] {
  const { origin, reference, name, group, joinKeys, eventTime } = subject;
  const values = valuesOf(subject.key, joinKeys);
  const id = subject.key ?? values.map((value) => encodeURIComponent(String(value))).join("|");
  const keys = Object.fromEntries(joinKeys.map((key, index) => [key.name, values[index] ?? null]));
  const at = (subject.lastEventTime ?? "2001-06-30T12:00:00Z").replace(/\.0+Z$/, "Z");
  const batch = JSON.stringify({ entity_ids: [id], features: [reference] });
  const spine = JSON.stringify([{ ...keys, event_timestamp: at }]);
  const shell = (text: string): string => text.replaceAll("'", "'\\''");
  return [
    {
      value: "curl",
      label: "curl",
      language: "bash",
      code: `# One value, from the online store
curl '${shell(featureUrl(origin, reference, id))}'

# Many entities and features in one request
curl -X POST '${origin}/api/v1/features/batch' \\
  -H 'content-type: application/json' \\
  -d '${shell(batch)}'

# As it was known at an instant of the past
curl -X POST '${origin}/api/v1/features/historical' \\
  -H 'content-type: application/json' \\
  -d '${shell(JSON.stringify({ entity_df: JSON.parse(spine), features: [reference] }))}'`,
    },
    {
      value: "python",
      label: "Python",
      language: "python",
      code: `import requests

API = "${origin}/api/v1"

# Online: the newest value, with its status and age
online = requests.post(
    f"{API}/features/batch",
    json={"entity_ids": [${JSON.stringify(id)}], "features": ["${reference}"]},
    timeout=10,
)
online.raise_for_status()
print(online.json()["results"][0]["features"])

# Offline: as it was known at each row's instant, for training
past = requests.post(
    f"{API}/features/historical",
    json={"entity_df": ${python(spine)}, "features": ["${reference}"]},
    timeout=60,
)
past.raise_for_status()
print(past.json()["rows"])`,
    },
    {
      value: "typescript",
      label: "TypeScript",
      language: "typescript",
      code: `const api = "${origin}/api/v1";

// Online: the newest value, with its status and age
const online = await fetch(\`\${api}/features/batch\`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(${batch}),
});
if (!online.ok) throw new Error((await online.json()).detail);
const { results } = await online.json();
console.log(results[0].features);

// Offline: as it was known at each row's instant, for training
const past = await fetch(\`\${api}/features/historical\`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ entity_df: ${spine}, features: ["${reference}"] }),
});
console.log((await past.json()).rows);`,
    },
    {
      value: "sql",
      label: "SQL",
      language: "sql",
      code: `-- For the SQL of a source, of a feature group, or of a training set's spine
-- (POST ${origin}/api/v1/training-sets, spine.sql): every value and the instant from which it holds.
SELECT ${[...joinKeys.map((key) => key.name), eventTime, name].join(", ")}
FROM ${group}
${joinKeys.length > 0 ? `WHERE ${joinKeys.map((key, index) => `${key.name} = ${sqlLiteral(values[index] ?? "")}`).join(" AND ")}\n` : ""}ORDER BY ${eventTime} DESC
LIMIT 20`,
    },
  ];
}

function python(json: string): string {
  return json.replace(
    /("(?:[^"\\]|\\.)*")|\b(true|false|null)\b/g,
    (_, text: string | undefined, word: string) => text ?? { true: "True", false: "False", null: "None" }[word] ?? word,
  );
}
