import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { Apps } from './apps.ts';
import { AppsController } from './http/apps.controller.ts';
import { CatalogueController } from './http/catalogue.controller.ts';
import { ModelsController } from './http/models.controller.ts';
import { SubscriptionsController } from './http/subscriptions.controller.ts';
import { VersionsController } from './http/versions.controller.ts';
import { Models } from './models.ts';
import { Names } from './names.ts';
import { WhenAppCreatedConfirmSlug } from './policies/when-app-created-confirm-slug.ts';
import { WhenModelOfferedConfirmName } from './policies/when-model-offered-confirm-name.ts';
import { AppCatalogue } from './projections/app-catalogue.ts';
import { AppDirectory } from './projections/app-directory.ts';
import { ModelDirectory } from './projections/model-directory.ts';
import { SubscriptionDirectory } from './projections/subscription-directory.ts';
import { appRegistryService } from './service.definition.ts';
import { Subscriptions } from './subscriptions.ts';

@Module({
  imports: [ServiceModule.with(appRegistryService)],
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
