import { z } from "zod";
import { LarderError } from "./errors";

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** The one rule for names of projects, entities, sources, groups, features and views. */
export const Name = z
  .string()
  .regex(NAME, "must start with a letter and hold only a-z, 0-9 and _ (63 characters at most)");

/** A feature reference: `group:feature`, `group@2:feature`, or a bare `feature`. */
export type FeatureReference = { group: string | null; version: number | null; feature: string };

const REFERENCE = /^(?:([a-z][a-z0-9_]{0,62})(?:@([1-9][0-9]{0,8}))?:)?([a-z][a-z0-9_]{0,62})$/;

/** Parses a feature reference. Throws `invalid_name`. */
export function parseFeatureReference(text: string): FeatureReference {
  const match = REFERENCE.exec(text);
  if (!match) {
    throw new LarderError(
      "invalid_name",
      `"${text.slice(0, 80)}" is not a feature reference; write feature, group:feature or group@2:feature`,
    );
  }
  return { group: match[1] ?? null, version: match[2] ? Number(match[2]) : null, feature: match[3] as string };
}

/** Writes a reference the way it is read. */
export function formatFeatureReference(reference: FeatureReference): string {
  if (!reference.group) return reference.feature;
  return `${reference.group}${reference.version ? `@${reference.version}` : ""}:${reference.feature}`;
}
