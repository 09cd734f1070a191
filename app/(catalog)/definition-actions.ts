"use server";

import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { Refresh } from "@/lib/datasets/schema";
import { action } from "@/lib/http/action";
import { applyDefinitions } from "@/lib/registry/apply-definitions";
import { createDefinition } from "@/lib/registry/create-definition";
import {
  ApplyDefinitions,
  CreateDefinition,
  DefinitionName,
  PlanDefinition,
  UpdateDefinition,
  UpdateFeature,
} from "@/lib/registry/definition-schema";
import { deleteDefinition } from "@/lib/registry/delete-definition";
import { getDefinition } from "@/lib/registry/get-definition";
import { planDefinition } from "@/lib/registry/plan-definition";
import { updateDefinition } from "@/lib/registry/update-definition";
import { updateFeature } from "@/lib/registry/update-feature";

/** Registers one definition. */
export const create = action(CreateDefinition, createDefinition);

/** Changes one definition that was read at a revision. */
export const update = action(UpdateDefinition, updateDefinition);

/** What creating or changing one would do. */
export const plan = action(PlanDefinition, planDefinition);

/** A definition as it stands now. */
export const get = action(DefinitionName, getDefinition);

/** Takes a definition out of the catalog. */
export const remove = action(DefinitionName, deleteDefinition);

/** Changes what is said about one feature. */
export const describeFeature = action(UpdateFeature, updateFeature);

/** Registers several definitions, or plans it. */
export const apply = action(ApplyDefinitions, applyDefinitions);

/** Starts computing groups. */
export const refresh = action(Refresh, refreshFeatures);
