import type { Route } from "./route";
import { buildTrainingSetRoutes } from "./routes/build-training-set";
import { definitionRoutes } from "./routes/definitions";
import { entityRoutes } from "./routes/entities";
import { entityValueRoutes } from "./routes/entity-values";
import { featureGroupRoutes } from "./routes/feature-groups";
import { featureViewRoutes } from "./routes/feature-views";
import { featureRoutes } from "./routes/features";
import { historicalFeatureRoutes } from "./routes/historical-features";
import { metadataRoutes } from "./routes/metadata";
import { metadataFeatureRoutes } from "./routes/metadata-feature";
import { onlineFeatureRoutes } from "./routes/online-features";
import { projectRoutes } from "./routes/project";
import { runRoutes } from "./routes/runs";
import { sourceRoutes } from "./routes/sources";
import { trainingSetDataRoutes } from "./routes/training-set-data";
import { trainingSetRoutes } from "./routes/training-sets";

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
  ...projectRoutes,
  ...trainingSetRoutes,
  ...buildTrainingSetRoutes,
  ...trainingSetDataRoutes,
  ...definitionRoutes,
  ...runRoutes,
];
