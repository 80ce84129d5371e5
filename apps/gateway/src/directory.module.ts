import { Module } from '@nestjs/common';
import { serviceConfig } from '@tokengrid/service';
import type { GatewayConfig } from './config.ts';
import { GuardedConnections } from './connect/guarded-connections.ts';
import { Credentials } from './credentials/credentials.ts';
import { CredentialsSweep } from './credentials/credentials-sweep.ts';
import { KeyStore } from './credentials/key-store.ts';
import { LostCredentials } from './credentials/lost-credentials.ts';
import { MasterKey } from './credentials/master-key.ts';
import { CredentialsController } from './http/credentials/credentials.controller.ts';
import { KeyController } from './http/key/key.controller.ts';
import { ModelsController } from './http/models/models.controller.ts';
import { RequestsController } from './http/requests/requests.controller.ts';
import { KeyCaps } from './requests/key-caps.reads.ts';
import { Requests } from './requests/requests.reads.ts';
import { breakerRules } from './routing/breaker.ts';
import { OfferMetrics } from './routing/offer-metrics.ts';
import { OffersHealth } from './routing/offers-health.ts';
import { HealthReports } from './routing/health-reports.ts';
import { ModelRoutes } from './routing/model-routes.ts';
import { Routes } from './serving/routes.ts';
import { Offers } from './streams/offers.ts';
import { Connections } from './upstream/connections.ts';
import { Directory } from './directory/directory.ts';

/** What the gateway knows of models and apps, and whom it may call. */
@Module({
  controllers: [CredentialsController, ModelsController, KeyController, RequestsController],
  providers: [
    Directory,
    Offers,
    { provide: Connections, useClass: GuardedConnections },
    HealthReports,
    {
      provide: OffersHealth,
      inject: [HealthReports],
      useFactory: (reports: HealthReports) => new OffersHealth(breakerRules, (change) => reports.changed(change)),
    },
    OfferMetrics,
    {
      provide: MasterKey,
      inject: [serviceConfig],
      useFactory: ({ gatewayMasterKey }: GatewayConfig) => new MasterKey(gatewayMasterKey),
    },
    KeyStore,
    LostCredentials,
    KeyCaps,
    Requests,
    Credentials,
    CredentialsSweep,
    { provide: Routes, useClass: ModelRoutes },
  ],
  exports: [Directory, Routes, Connections, MasterKey],
})
export class DirectoryModule {}
