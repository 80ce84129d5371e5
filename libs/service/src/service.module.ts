import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { EventStore, StorageClock } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { auditController } from './audit/audit.controller.ts';
import { AccessTokens, audienceOf } from './auth/access-tokens.ts';
import { ApiKeys } from './auth/api-keys.ts';
import { Authenticator } from './auth/authenticator.ts';
import type { BaseConfig } from './config/base-config.ts';
import { Health, HealthController, type OwnFaults } from './health.ts';
import type { Answers } from './http/answers.ts';
import { Answering } from './http/answers.ts';
import { CommandTickets } from './http/command-tickets.ts';
import { CommandsController } from './http/commands.controller.ts';
import { Doubts } from './http/doubts.ts';
import { CommandReader } from './http/incoming-command.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { validationPipe } from './http/validation.pipe.ts';
import { LedgerEventStore } from './log/ledger.ts';
import { MetricsController } from './metrics.ts';
import { LandingController } from './openapi/landing.controller.ts';
import type { OpenParts, Parts } from './parts.ts';
import { TablesThere } from './postgres/tables-there.ts';
import { type ServiceDefinition, watchedTablesOf } from './service-definition.ts';
import { Start } from './start.ts';
import { openServiceParts, serviceConfig, serviceDefinition, serviceLog, serviceParts } from './tokens.ts';

/** Runs a service: imported once, by the service's own module. */
@Module({})
export class ServiceModule {
  static with<E extends DomainEvent, System = undefined>(service: ServiceDefinition<E, System>): DynamicModule {
    return {
      module: ServiceModule,
      global: true,
      controllers: [
        ...(service.audit ? [auditController(service.audit)] : []),
        ...[CommandsController, HealthController, MetricsController, LandingController],
      ],
      providers: [{ provide: serviceDefinition, useValue: service }, ...foundation, ...http],
      exports: [serviceDefinition, serviceParts, EventStore, StorageClock, DataSource],
    };
  }
}

/** Closes the parts once no request runs. */
@Injectable()
class PartsCloser implements OnApplicationShutdown {
  constructor(@Inject(serviceParts) private readonly opened: Parts) {}

  async onApplicationShutdown(): Promise<void> {
    await this.opened.close();
  }
}

const foundation = [
  PartsCloser,
  {
    provide: serviceParts,
    inject: [openServiceParts, serviceDefinition, serviceConfig, serviceLog, Registry],
    useFactory: (
      open: OpenParts,
      service: ServiceDefinition,
      settings: BaseConfig,
      logger: Logger,
      metrics: Registry,
    ) => open({ definition: service, config: settings, log: logger, metrics }),
  },
  {
    provide: EventStore,
    inject: [serviceParts, serviceLog],
    useFactory: ({ store }: Parts, logger: Logger) => new LedgerEventStore(store, logger),
  },
  { provide: StorageClock, inject: [serviceParts], useFactory: ({ clock }: Parts) => clock },
  { provide: DataSource, inject: [serviceParts], useFactory: ({ dataSource }: Parts) => dataSource },
  {
    provide: Health,
    inject: [serviceParts, Start, serviceConfig, serviceDefinition, ModuleRef],
    useFactory: async (
      opened: Parts,
      start: Start,
      { readinessTimeoutMs }: BaseConfig,
      definition: ServiceDefinition,
      modules: ModuleRef,
    ) => {
      const tables = opened.dataSource && (await TablesThere.of(opened.dataSource, watchedTablesOf(definition)));
      const { faults } = definition;
      return new Health({
        goneTables: async () => (tables ? await tables.gone() : []),
        ownFaults: async () => (faults ? await modules.get<OwnFaults>(faults, { strict: false }).look() : []),
        started: () => start.done,
        draining: () => start.draining,
        problems: () => opened.store.problems(),
        warnings: () => opened.warnings(),
        checkDatabase: () => opened.checkDatabase(),
        checkLog: () => opened.checkLog(),
        timeoutMs: readinessTimeoutMs,
      });
    },
  },
];

/** Values that Fastify's hooks and the adapter use, decorated onto the server before it listens. */
const httpServer = {
  provide: Authenticator,
  inject: [serviceParts, serviceConfig, serviceDefinition, HttpAdapterHost, ModuleRef, CommandTickets, EventStore],
  useFactory: (
    { apiKeys, accessTokens, clock, store: opened, unsure }: Parts,
    settings: BaseConfig,
    { answers, catalogue }: ServiceDefinition,
    { httpAdapter }: HttpAdapterHost,
    modules: ModuleRef,
    tickets: CommandTickets,
    store: EventStore,
  ) => {
    const server = httpAdapter.getInstance<FastifyInstance>();
    const keys = new ApiKeys(apiKeys, settings, clock, unsure);
    const tokens = new AccessTokens(accessTokens, audienceOf(catalogue.service), settings, clock, unsure);
    const authenticator = new Authenticator(settings.operatorApiKey, keys, tokens);
    server.decorate('authenticator', authenticator);
    server.decorate('basePath', settings.basePath);
    server.decorate('doubts', new Doubts(opened, unsure));
    server.decorate('commandReader', new CommandReader(settings.inputHashKey));
    const find = () =>
      typeof answers === 'function' ? modules.get<Answers<DomainEvent>>(answers, { strict: false }) : answers;
    const answering = new Answering(find, tickets, store, settings.basePath);
    server.decorate('answering', answering);
    return authenticator;
  },
};

const http = [
  {
    provide: CommandTickets,
    inject: [serviceConfig],
    useFactory: ({ inputHashKey }: BaseConfig) => new CommandTickets(inputHashKey),
  },
  httpServer,
  { provide: APP_PIPE, useFactory: validationPipe },
  { provide: APP_FILTER, inject: [serviceLog], useFactory: (logger: Logger) => new ProblemFilter(logger) },
];
