import { appRegistryCatalogue, type AppRegistryEvent } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { dataOf, type ServiceDefinition } from '@tokengrid/service';
import { appRegistryApi } from './api.ts';
import { appRegistryAnswers } from './http/app-registry-answers.ts';
import { AppRegistryProjections1764300000000 } from './migrations/1764300000000-app-registry-projections.ts';
import { apps } from './projections/apps.projection.ts';
import { AppRow } from './projections/apps.table.ts';
import { ModelPricesRow } from './projections/model-prices.table.ts';
import { models } from './projections/models.projection.ts';
import { ModelRow } from './projections/models.table.ts';
import { subscriptions } from './projections/subscriptions.projection.ts';
import { SubscriptionRow } from './projections/subscriptions.table.ts';
import { VersionRow } from './projections/versions.table.ts';

/** Definition of the app registry. */
export const appRegistryService: ServiceDefinition<AppRegistryEvent, undefined> = {
  catalogue: appRegistryCatalogue,
  projections: [apps, models, subscriptions],
  migrations: [AppRegistryProjections1764300000000],
  entities: [AppRow, VersionRow, ModelRow, ModelPricesRow, SubscriptionRow],
  audit: {
    scope: 'app-registry:audit:read',
    streamsOf: () => [],
    furtherStreams: `${acrossLanes} select app_id as stream_id from apps where developer_id = $1
      union select model_id from models where provider_id = $1
      union select 'subscription-' || app_id || '-' || party_id from subscriptions where party_id = $1`,
  },
  answers: appRegistryAnswers,
  api: appRegistryApi,
};

/**
 * Data definition for the command line, which rebuilds, restores and verifies without running the
 * service.
 */
export const definition = dataOf(appRegistryService);
