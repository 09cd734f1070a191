import type { Route } from "./route";
import { auditEventRoutes } from "./routes/audit-events";
import { authRoutes } from "./routes/auth";
import { buildTrainingSetRoutes } from "./routes/build-training-set";
import { changeDecisionRoutes } from "./routes/change-decisions";
import { changeRequestRoutes } from "./routes/change-requests";
import { consumerRoutes } from "./routes/consumers";
import { definitionRoutes } from "./routes/definitions";
import { editDefinitionRoutes } from "./routes/edit-definitions";
import { entityRoutes } from "./routes/entities";
import { entityValueRoutes } from "./routes/entity-values";
import { featureGroupRoutes } from "./routes/feature-groups";
import { featureViewRoutes } from "./routes/feature-views";
import { featureRoutes } from "./routes/features";
import { historicalFeatureRoutes } from "./routes/historical-features";
import { invitationRoutes } from "./routes/invitations";
import { meRoutes } from "./routes/me";
import { memberRoutes } from "./routes/members";
import { metadataRoutes } from "./routes/metadata";
import { metadataFeatureRoutes } from "./routes/metadata-feature";
import { onlineFeatureRoutes } from "./routes/online-features";
import { permissionRoutes } from "./routes/permissions";
import { projectRoutes } from "./routes/project";
import { settingRoutes } from "./routes/projects";
import { editFeatureRoutes, readDefinitionRoutes } from "./routes/read-definitions";
import { runRoutes } from "./routes/runs";
import { serviceAccountRoutes } from "./routes/service-accounts";
import { sourceRoutes } from "./routes/sources";
import { sqlRoutes } from "./routes/sql";
import { tokenRoutes } from "./routes/tokens";
import { trainingSetDataRoutes } from "./routes/training-set-data";
import { trainingSetRoutes } from "./routes/training-sets";
import { userRoutes } from "./routes/users";

/** Every endpoint that calls a verb, in the order of the documentation. */
export const ROUTES: readonly Route[] = [
  ...onlineFeatureRoutes,
  ...historicalFeatureRoutes,
  ...featureRoutes,
  ...metadataRoutes,
  ...metadataFeatureRoutes,
  ...featureGroupRoutes,
  ...featureViewRoutes,
  ...entityRoutes,
  ...entityValueRoutes,
  ...sourceRoutes,
  ...consumerRoutes,
  ...sqlRoutes,
  ...projectRoutes,
  ...trainingSetRoutes,
  ...buildTrainingSetRoutes,
  ...trainingSetDataRoutes,
  ...definitionRoutes,
  ...readDefinitionRoutes,
  ...editDefinitionRoutes,
  ...editFeatureRoutes,
  ...changeRequestRoutes,
  ...changeDecisionRoutes,
  ...runRoutes,
  ...authRoutes,
  ...meRoutes,
  ...settingRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...serviceAccountRoutes,
  ...tokenRoutes,
  ...permissionRoutes,
  ...auditEventRoutes,
  ...userRoutes,
];
