import { readFileSync } from 'node:fs';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { BaseConfig } from '../config/base-config.ts';
import { nameAnyMethods } from './any-method.ts';
import { commonComponents } from './common-components.ts';
import { completeOperation, operationsOf } from './complete-operation.ts';
import type { ServiceDefinition } from '../service-definition.ts';
import { serviceDefinition } from '../tokens.ts';
import { explainFields } from './examples.ts';
import { handlersOf } from './handlers.ts';
import { openApiSchema } from './json-schema.ts';
import { auditResource, commonResources, commonTerms } from './service-api.ts';

const rules = `Amounts are whole µAIT as decimal strings (1 AIT = 1,000,000 µAIT). Unknown fields are errors. Errors are
\`application/problem+json\` (RFC 9457) with a stable \`code\`. Every request that changes something takes an \`Idempotency-Key\`. A
command without an outcome after 5 s is answered 202, with a \`Location\` under \`/v1/commands\` that has its status and body later.`;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/**
 * Address of a service for callers: by settings, or the address from which its document is read.
 */
export type Reached = Pick<BaseConfig, 'basePath'> & Partial<Pick<BaseConfig, 'publicUrl'>>;

function serverUrl({ publicUrl = '', basePath }: Reached): string {
  return `${publicUrl.replace(/\/+$/, '')}${basePath}` || '/';
}

/** Serves the OpenAPI document at `/openapi.json`, and Swagger UI from local files at `/docs`. */
export function serveDocumentation(app: INestApplication, service: string, at: Reached): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= openApiDocument(app, service, at)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: titleOf(service),
    // The default `validatorUrl` is a validator on the internet.
    swaggerOptions: { validatorUrl: null, persistAuthorization: true },
  });
}

const titleOf = (service: string): string => `Tokengrid ${service}`;

/** OpenAPI 3.1 document of a service. */
export function openApiDocument(app: INestApplication, service: string, at: Reached = { basePath: '' }): OpenAPIObject {
  const { api, audit } = app.get<ServiceDefinition>(serviceDefinition);
  const { about, resources: own, terms: particular } = api;
  const [resources, terms] = [
    { ...own, ...(audit && auditResource), ...commonResources },
    { ...commonTerms, ...particular },
  ];
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(titleOf(service))
    .setDescription(`${about}\n\n${rules}`)
    .setVersion(version)
    .addServer(serverUrl(at));
  for (const [name, description] of Object.entries(resources)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    standardSchemaConverter: openApiSchema,
    operationIdFactory: (_controller, handler) => handler,
  });
  nameAnyMethods(document);
  const components = document.components as Record<string, Record<string, unknown>>;
  for (const [kind, named] of Object.entries(commonComponents)) components[kind] = { ...named, ...components[kind] };
  const { schemas = {} } = document.components ?? {};
  explainFields([schemas, document.paths], terms);
  const completion = { handlers: handlersOf(app), resources, terms, schemas };
  for (const placed of operationsOf(document)) completeOperation(placed, completion);
  return document;
}
