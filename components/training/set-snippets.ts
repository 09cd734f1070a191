import type { Manifest, TrainingSet } from "@/lib/datasets/training-schema";
import { requestOfManifest } from "./manifest-request";

export type Snippet = { value: string; label: string; language: string; code: string };

const ARROW = "application/vnd.apache.arrow.stream";

/** The address of the rows of a training set, or of one part of it. */
export function dataUrl(origin: string, name: string, part: string | null = null): string {
  return `${origin}/api/v1/training-sets/${name}/data${part === null ? "" : `?part=${encodeURIComponent(part)}`}`;
}

/** The request that builds a training set like this one under another name; null when its rows came with the request. */
export function reproduceSnippet(origin: string, set: TrainingSet): string | null {
  const request = set.manifest ? requestOfManifest(set.manifest) : null;
  if (!request) return null;
  const body = { name: `${set.name.slice(0, 57)}_again`, ...request };
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  return `curl -s -X POST '${origin}/api/v1/training-sets' \\\n  -H 'content-type: application/json' \\\n  -d '${json}'`;
}

/** Code that has the rows of a finished training set in a notebook or a program. */
export function loadSnippets(origin: string, name: string, manifest: Manifest): Snippet[] {
  const url = dataUrl(origin, name);
  const part = manifest.split?.parts[0]?.name ?? null;
  const label = manifest.spine.label;
  const token = `# Where one signs in, with an API token: headers={"Authorization": "Bearer ..."}`;
  return [
    {
      value: "pandas",
      label: "pandas",
      language: "python",
      code: `import pandas as pd

${token.replace("headers", "storage_options")}
rows = pd.read_parquet("${dataUrl(origin, name, part)}")${part ? `  # the part ${part}` : ""}
${label ? `\ny = rows.pop(${JSON.stringify(label)})\nX = rows` : "print(rows.describe())"}`,
    },
    {
      value: "polars",
      label: "Polars",
      language: "python",
      code: `from urllib.request import Request, urlopen

import polars as pl

${token}
request = Request("${url}", headers={"Accept": "${ARROW}"})
with urlopen(request) as answer:
    rows = pl.read_ipc_stream(answer)
print(rows.schema)`,
    },
    {
      value: "pyarrow",
      label: "PyArrow",
      language: "python",
      code: `from urllib.request import Request, urlopen

import pyarrow as pa

${token}
request = Request("${url}", headers={"Accept": "${ARROW}"})
with urlopen(request) as answer, pa.ipc.open_stream(answer) as batches:
    for batch in batches:  # as they arrive, never all at once
        print(batch.num_rows)`,
    },
    {
      value: "typescript",
      label: "TypeScript",
      language: "typescript",
      code: `import { tableFromIPC } from "apache-arrow";

const answer = await fetch("${url}", { headers: { accept: "${ARROW}" } });
if (!answer.ok) throw new Error((await answer.json()).detail);
const rows = await tableFromIPC(answer);
console.log(rows.numRows, rows.schema.names);`,
    },
    {
      value: "curl",
      label: "curl",
      language: "bash",
      code: `# The Parquet file as it is
curl -o ${name}.parquet '${url}'

# As CSV, one part of a split where there is one
curl -H 'accept: text/csv' -o ${part ? `${name}-${part}` : name}.csv '${dataUrl(origin, name, part)}'`,
    },
  ];
}
