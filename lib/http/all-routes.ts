import type { Route } from "./route";
import { auditEventRoutes } from "./routes/audit-events";
import { authRoutes } from "./routes/auth";
import { backfillRoutes } from "./routes/backfills";
import { buildTrainingSetRoutes } from "./routes/build-training-set";
import { changeDecisionRoutes } from "./routes/change-decisions";
import { changeRequestRoutes } from "./routes/change-requests";
import { compactionRoutes } from "./routes/compactions";
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
import { materializationRoutes } from "./routes/materializations";
import { meRoutes } from "./routes/me";
import { memberRoutes } from "./routes/members";
import { metadataRoutes } from "./routes/metadata";
import { metadataFeatureRoutes } from "./routes/metadata-feature";
import { onlineFeatureRoutes } from "./routes/online-features";
import { permissionRoutes } from "./routes/permissions";
import { projectRoutes } from "./routes/project";
import { settingRoutes } from "./routes/projects";
import { pushRoutes } from "./routes/push";
import { quarantineRoutes } from "./routes/quarantines";
import { editFeatureRoutes, readDefinitionRoutes } from "./routes/read-definitions";
import { retentionRoutes } from "./routes/retention";
import { runRoutes } from "./routes/runs";
import { scheduleRoutes } from "./routes/schedules";
import { serviceAccountRoutes } from "./routes/service-accounts";
import { servingRoutes } from "./routes/serving";
import { snapshotRoutes } from "./routes/snapshots";
import { sourceRoutes } from "./routes/sources";
import { sqlRoutes } from "./routes/sql";
import { sqlQueryRoutes } from "./routes/sql-queries";
import { storageRoutes } from "./routes/storage";
import { tokenRoutes } from "./routes/tokens";
import { trainingSetDataRoutes } from "./routes/training-set-data";
import { trainingSetRoutes } from "./routes/training-sets";
import { userRoutes } from "./routes/users";
import { viewDataRoutes } from "./routes/view-data";

/** Every endpoint that calls a verb, in the order of the documentation. */
export const ROUTES: readonly Route[] = [
  ...onlineFeatureRoutes,
  ...historicalFeatureRoutes,
  ...featureRoutes,
  ...servingRoutes,
  ...metadataRoutes,
  ...metadataFeatureRoutes,
  ...featureGroupRoutes,
  ...pushRoutes,
  ...quarantineRoutes,
  ...backfillRoutes,
  ...compactionRoutes,
  ...materializationRoutes,
  ...retentionRoutes,
  ...featureViewRoutes,
  ...viewDataRoutes,
  ...entityRoutes,
  ...entityValueRoutes,
  ...sourceRoutes,
  ...consumerRoutes,
  ...sqlRoutes,
  ...sqlQueryRoutes,
  ...projectRoutes,
  ...snapshotRoutes,
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
  ...scheduleRoutes,
  ...storageRoutes,
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
