import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { Value } from "@/lib/kernel/values";

/**
 * PRESENT; NULL_VALUE: the row is there, the value is null; NOT_FOUND: no row; OUTSIDE_MAX_AGE: older than the ttl, value
 * withheld; MASKED: personal, and the reader is no sensitive reader; OVERRIDDEN: the value came with the request.
 */
export const ValueStatus = z.enum(["PRESENT", "NULL_VALUE", "NOT_FOUND", "OUTSIDE_MAX_AGE", "MASKED", "OVERRIDDEN"]);
const Warnings = z.array(z.string()).describe("One sentence for each DEPRECATED feature; as Warning headers too");
export type ValueStatus = z.infer<typeof ValueStatus>;

export const ReadFeature = z.object({
  feature_name: z.string().max(200),
  entity_id: z.string().max(4000).describe("Composite key: values in the entity's order, URL-encoded, joined by |"),
});
export type ReadFeature = z.infer<typeof ReadFeature>;

export const FeatureValue = z.object({
  feature: z.string(),
  entity_id: z.string(),
  value: Value,
  status: ValueStatus,
  event_time: z.string().nullable(),
  age_seconds: z.number().nullable(),
  feature_status: z.string(),
  warnings: Warnings,
});
export type FeatureValue = z.infer<typeof FeatureValue>;

const EntityId = z.union([z.string().max(4000), z.number(), z.record(z.string(), Value)]);
export type EntityId = z.infer<typeof EntityId>;
const Values = z.record(z.string().max(200), Value);

/** What an answer holds of each feature: everything; only values; everything but values. */
export const AnswerForm = z.enum(["full", "values", "statuses"]);

export const ReadFeatures = z.strictObject({
  entity_id: EntityId.optional(),
  entity_ids: z.array(EntityId).optional().describe("At most 10,000"),
  features: z.array(z.string().max(200)).min(1).max(2000).optional(),
  view: Name.optional().describe("Instead of features: what a feature view reads, under its column names"),
  include_expired: z
    .boolean()
    .default(false)
    .describe("Give values older than the ttl too; their status stays OUTSIDE_MAX_AGE"),
  fill_defaults: z
    .boolean()
    .default(false)
    .describe("Where there is no value, give the feature's default, marked `filled`; the status stays"),
  overrides: z
    .union([Values, z.array(Values).max(10_000)])
    .optional()
    .describe("Values to answer with instead of the stored ones, by feature; a list has one object for each entity"),
  request_data: z
    .union([Values, z.array(Values).max(10_000)])
    .optional()
    .describe("What the on-demand features of the view ask for; a list has one object for each entity"),
  answer: AnswerForm.default("full").describe(
    "`values`: each feature is its value alone; `statuses`: everything but values, to ask how fresh they are",
  ),
});
export type ReadFeatures = z.infer<typeof ReadFeatures>;

const Served = z.object({
  value: Value.optional().describe("Missing with answer=statuses"),
  status: ValueStatus,
  event_time: z.string().nullable(),
  age_seconds: z.number().nullable(),
  feature_status: z.string(),
  filled: z.literal(true).optional().describe("The value is the feature's default"),
});
export const EntityFeatures = z.object({
  entity_id: z.union([z.string(), z.number(), z.record(z.string(), Value)]),
  features: z.record(z.string(), Served),
});
export type EntityFeatures = z.infer<typeof EntityFeatures>;
const EntityValues = z.object({ entity_id: EntityFeatures.shape.entity_id, features: z.record(z.string(), Value) });
const FullAnswer = z.union([
  EntityFeatures.extend({ warnings: Warnings }),
  z.object({ results: z.array(EntityFeatures), warnings: Warnings }),
]);
export const FeaturesAnswer = z.union([
  ...FullAnswer.options,
  EntityValues.extend({ warnings: Warnings }).describe("With answer=values"),
  z.object({ results: z.array(EntityValues), warnings: Warnings }).describe("With answer=values"),
]);
/** As it is unless `answer` says otherwise. */
export type FeaturesAnswer = z.infer<typeof FullAnswer>;

/** Everything known online of one entity, by group: the key look-up page. */
export const LookUpEntity = z.object({ name: Name, key: z.string().max(4000) });
export type LookUpEntity = z.infer<typeof LookUpEntity>;
export const EntityLookUp = z.object({
  entity: z.string(),
  keys: z.record(z.string(), Value),
  groups: z.array(
    z.object({
      group: z.string(),
      status: z.enum(["PRESENT", "NOT_FOUND", "OUTSIDE_MAX_AGE", "NOT_MATERIALIZED"]),
      eventTime: z.string().nullable(),
      ageSeconds: z.number().nullable(),
      ttlSeconds: z.number().nullable(),
      watermarkEventTime: z.string().nullable(),
      features: z.array(
        z.object({
          name: z.string(),
          dataType: z.string(),
          unit: z.string().nullable(),
          value: Value,
          status: ValueStatus,
          featureStatus: z.string(),
        }),
      ),
    }),
  ),
});
export type EntityLookUp = z.infer<typeof EntityLookUp>;

/** A few keys that exist, to try the look-up with. */
export const EntityExamples = z.object({ keys: z.array(z.string()) });
export type EntityExamples = z.infer<typeof EntityExamples>;
