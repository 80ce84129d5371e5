import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { BaseConfig } from '../config/base-config.ts';
import { commonComponents } from './common-components.ts';
import { completeOperation, operationsOf } from './complete-operation.ts';
import { openApiSchema } from './json-schema.ts';

const rules = `Amounts are whole µAIT as decimal strings (1 AIT = 1,000,000 µAIT). Unknown fields are errors. Errors are
\`application/problem+json\` (RFC 9457) with a stable \`code\`. What changes something takes an \`Idempotency-Key\`. If an outcome is not
there within 5 s, the answer is 202 with a \`Location\` under \`/v1/commands\`, where the outcome's status and body will be.`;

/** Where callers reach a service: by settings, or at the address that they read its document from. */
export type Reached = Pick<BaseConfig, 'basePath'> & Partial<Pick<BaseConfig, 'publicUrl'>>;

function serverUrl({ publicUrl = '', basePath }: Reached): string {
  return `${publicUrl.replace(/\/+$/, '')}${basePath}` || '/';
}

/** Serves the OpenAPI document at `/openapi.json` and Swagger UI, from files of ours, at `/docs`. */
export function serveDocumentation(app: INestApplication, service: string, at: Reached): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= openApiDocument(app, service, at)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    // Its default is a validator on the internet.
    swaggerOptions: { validatorUrl: null },
  });
}

/** The OpenAPI 3.1 document of a service. */
export function openApiDocument(app: INestApplication, service: string, at: Reached = { basePath: '' }): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Tokengrid ${service}`)
    .setDescription(rules)
    .setVersion('1.0.0')
    .addServer(serverUrl(at))
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: openApiSchema,
    operationIdFactory: (controller, method) => operationId(controller, method),
  });
  const schemas = document.components?.schemas ?? {};
  for (const { method, path, operation } of operationsOf(document)) completeOperation(method, path, operation, schemas);
  const components = document.components as Record<string, Record<string, unknown>>;
  for (const [kind, named] of Object.entries(commonComponents)) components[kind] = { ...named, ...components[kind] };
  return document;
}

/** `WalletController`, `send` → `walletSend`. */
function operationId(controller: string, method: string): string {
  const resource = controller.replace(/Controller$/, '');
  return resource[0]!.toLowerCase() + resource.slice(1) + method[0]!.toUpperCase() + method.slice(1);
}
