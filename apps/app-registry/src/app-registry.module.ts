import { Module } from '@nestjs/common';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { ServiceModule } from '@tokengrid/service';
import { Apps } from './apps.ts';
import { appRegistryAnswers } from './http/app-registry.answers.ts';
import { AppsController } from './http/apps.controller.ts';
import { CatalogueController } from './http/catalogue.controller.ts';
import { ModelsController } from './http/models.controller.ts';
import { SubscriptionsController } from './http/subscriptions.controller.ts';
import { VersionsController } from './http/versions.controller.ts';
import { AppRegistryProjections1764300000000 } from './migrations/1764300000000-app-registry-projections.ts';
import { Models } from './models.ts';
import { Names } from './names.ts';
import { WhenAppCreatedConfirmSlug } from './policies/when-app-created-confirm-slug.ts';
import { WhenModelOfferedConfirmName } from './policies/when-model-offered-confirm-name.ts';
import { AppCatalogue } from './projections/app-catalogue.ts';
import { AppDirectory } from './projections/app-directory.ts';
import { apps } from './projections/apps.projection.ts';
import { AppRow } from './projections/apps.table.ts';
import { ModelDirectory } from './projections/model-directory.ts';
import { ModelPricesRow } from './projections/model-prices.table.ts';
import { models } from './projections/models.projection.ts';
import { ModelRow } from './projections/models.table.ts';
import { SubscriptionDirectory } from './projections/subscription-directory.ts';
import { subscriptions } from './projections/subscriptions.projection.ts';
import { SubscriptionRow } from './projections/subscriptions.table.ts';
import { VersionRow } from './projections/versions.table.ts';
import { Subscriptions } from './subscriptions.ts';

@Module({
  imports: [
    ServiceModule.with({
      catalogue: appRegistryCatalogue,
      projections: [apps, models, subscriptions],
      migrations: [AppRegistryProjections1764300000000],
      entities: [AppRow, VersionRow, ModelRow, ModelPricesRow, SubscriptionRow],
      answers: appRegistryAnswers,
    }),
  ],
  controllers: [
    AppsController,
    VersionsController,
    CatalogueController,
    ModelsController,
    SubscriptionsController,
    WhenAppCreatedConfirmSlug,
    WhenModelOfferedConfirmName,
  ],
  providers: [Apps, Names, Models, Subscriptions, AppCatalogue, AppDirectory, ModelDirectory, SubscriptionDirectory],
})
export class AppRegistryModule {}
