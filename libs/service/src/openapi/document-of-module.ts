import type { DynamicModule, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { Start } from '../start.ts';
import { endOfProcess, isDraining, openServiceParts, operatorCalendar, serviceConfig, serviceLog } from '../tokens.ts';
import { Tracing } from '../tracing/tracing.ts';
import { openApiDocument } from './documentation.ts';

/** Stand-ins for the providers of a running service. */
@Module({})
class NothingToRunOn {}

const given = [
  ...[isDraining, endOfProcess, serviceConfig, operatorCalendar, serviceLog, openServiceParts],
  ...[Registry, Start, Tracing],
];

/**
 * OpenAPI document of a service that does not run: no provider is created and no connection is
 * opened.
 */
export async function documentOfModule(module: Type, service: string): Promise<OpenAPIObject> {
  const providers = given.map((provide) => ({ provide, useValue: {} }));
  const root: DynamicModule = { module: NothingToRunOn, global: true, providers, exports: given, imports: [module] };
  const app = await NestFactory.create(root, new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return openApiDocument(app, service);
}
