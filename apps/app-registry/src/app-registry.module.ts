import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { Apps } from './streams/apps.ts';
import { AppsController } from './http/apps/apps.controller.ts';
import { CatalogueController } from './http/catalogue/catalogue.controller.ts';
import { ManifestSchemaController } from './http/manifest-schema/manifest-schema.controller.ts';
import { ModelsController } from './http/models/models.controller.ts';
import { QuotesController } from './http/quotes/quotes.controller.ts';
import { SubscriptionsController } from './http/subscriptions/subscriptions.controller.ts';
import { VersionsController } from './http/versions/versions.controller.ts';
import { Models } from './streams/models.ts';
import { RenewingSubscriptions } from './flows/renewing-subscriptions.ts';
import { WhenWalletChargedSettleFee } from './policies/when-wallet-charged-settle-fee.ts';
import { DueSubscriptions } from './projections/due-subscriptions.ts';
import { NamingModels } from './flows/naming-models.ts';
import { ModelNames } from './streams/model-names.ts';
import { ReservingNames } from './flows/reserving-names.ts';
import { Names } from './streams/names.ts';
import { WhenAppCreatedConfirmName } from './policies/when-app-created-confirm-name.ts';
import { AppCatalogue } from './projections/app-catalogue.ts';
import { BelowCost } from './projections/below-cost.ts';
import { AppDirectory } from './projections/app-directory.ts';
import { ModelDirectory } from './projections/model-directory.ts';
import { SubscriptionDirectory } from './projections/subscription-directory.ts';
import { appRegistryService } from './service.definition.ts';
import { Subscriptions } from './streams/subscriptions.ts';

@Module({
  imports: [ServiceModule.with(appRegistryService)],
  controllers: [
    AppsController,
    VersionsController,
    CatalogueController,
    ManifestSchemaController,
    ModelsController,
    QuotesController,
    SubscriptionsController,
    WhenAppCreatedConfirmName,
    WhenWalletChargedSettleFee,
  ],
  providers: [
    Apps,
    Names,
    ReservingNames,
    ModelNames,
    NamingModels,
    Models,
    Subscriptions,
    AppCatalogue,
    BelowCost,
    AppDirectory,
    ModelDirectory,
    SubscriptionDirectory,
    DueSubscriptions,
    RenewingSubscriptions,
  ],
})
export class AppRegistryModule {}
