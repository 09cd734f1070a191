import type { z } from "zod";
import type { CreateTrainingSet, Manifest } from "@/lib/datasets/training-schema";

/** A request as one writes it, without its name. */
export type ManifestRequest = Omit<z.input<typeof CreateTrainingSet>, "name">;

/** The request that a manifest came from, over the same versions; null when its rows came with the request, which nobody can name. */
export function requestOfManifest(manifest: Manifest): ManifestRequest | null {
  const spine = spineOf(manifest);
  if (!spine) return null;
  const { fullFeatureNames, asKnown, fillNull, nullKeys } = manifest.options;
  const split = splitOf(manifest);
  return {
    ...featuresOf(manifest),
    spine,
    rowLimit: manifest.spine.rowCount,
    timestampColumn: manifest.spine.timestampColumn,
    ...(manifest.spine.label && { label: manifest.spine.label }),
    ...(split && { split }),
    ...(manifest.snapshot && { snapshot: manifest.snapshot }),
    ...(fullFeatureNames && { fullFeatureNames }),
    ...(asKnown !== "event_time" && { asKnown }),
    ...(Object.keys(fillNull).length > 0 && { fillNull }),
    ...(nullKeys !== "refuse" && { nullKeys }),
  };
}

function spineOf({ spine }: Manifest): ManifestRequest["spine"] | null {
  if (spine.kind === "sql" && spine.sql) return { sql: spine.sql };
  if (spine.kind === "upload" && spine.upload) return { upload: spine.upload };
  if (spine.kind !== "group" || !spine.group) return null;
  const { name, start, end } = spine.group;
  return { group: { name, ...(start && { start }), ...(end && { end }) } };
}

function featuresOf(manifest: Manifest): Pick<ManifestRequest, "view" | "joins" | "features"> {
  if (manifest.view) return { view: manifest.view.name };
  const joins = manifest.joins ?? [];
  if (manifest.options.fullFeatureNames || joins.length === 0)
    return { features: manifest.features.map((feature) => feature.reference) };
  return {
    joins: joins.map(({ group, groupVersion, keys, features }) => {
      const renamed = Object.entries(keys).filter(([key, column]) => key !== column);
      const prefix = prefixOf(features[0]);
      return {
        group,
        version: groupVersion,
        ...(prefix && { prefix }),
        ...(renamed.length > 0 && { keys: Object.fromEntries(renamed) }),
        features: features.map((feature) => feature.name),
      };
    }),
  };
}

function prefixOf(feature: { name: string; column: string } | undefined): string | null {
  const end = `__${feature?.name}`;
  return feature && feature.column !== feature.name && feature.column.endsWith(end)
    ? feature.column.slice(0, -end.length)
    : null;
}

function splitOf({ split }: Manifest): ManifestRequest["split"] {
  if (!split) return undefined;
  if (split.by === "hash") return { by: "hash", keys: split.keys, seed: split.seed, parts: split.parts };
  return { by: "time", parts: split.parts.map(({ name, until }) => ({ name, ...(until && { until }) })) };
}
