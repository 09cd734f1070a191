import type { Manifest, TrainingSet } from "@/lib/datasets/schema";

/** The request that builds a training set with the same content again under another name; null before there is a manifest. */
export function reproduceSnippet(origin: string, set: TrainingSet): string | null {
  const manifest = set.manifest;
  if (!manifest) return null;
  const body = {
    name: `${set.name.slice(0, 57)}_again`,
    ...(manifest.view
      ? { view: manifest.view.name }
      : { features: manifest.features.map((feature) => feature.reference) }),
    ...(manifest.spine.sql && { spine: { sql: manifest.spine.sql } }),
    rowLimit: manifest.rowCount,
    timestampColumn: manifest.spine.timestampColumn,
    ...(manifest.spine.label && { label: manifest.spine.label }),
    ...optionsOf(manifest),
  };
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  return `curl -s -X POST '${origin}/api/v1/training-sets' \\\n  -H 'content-type: application/json' \\\n  -d '${json}'`;
}

function optionsOf(manifest: Manifest): Partial<Manifest["options"]> {
  const { fullFeatureNames, asKnown, fillNull, nullKeys } = manifest.options;
  return {
    ...(fullFeatureNames && { fullFeatureNames }),
    ...(asKnown !== "event_time" && { asKnown }),
    ...(Object.keys(fillNull).length > 0 && { fillNull }),
    ...(nullKeys !== "refuse" && { nullKeys }),
  };
}

/** How to have the rows in a notebook. */
export function loadSnippet(origin: string, name: string): string {
  return `import pandas as pd\n\nrows = pd.read_parquet("${origin}/api/v1/training-sets/${name}/data")`;
}
