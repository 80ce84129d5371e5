import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

/** Serves the OpenAPI document at `/openapi.json` and Swagger UI, from files of ours, at `/docs`. */
export function serveDocumentation(app: NestFastifyApplication, service: string): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= openApiDocument(app, service)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}

/** The OpenAPI 3.1 document of a service. */
export function openApiDocument(app: NestFastifyApplication, service: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Tokengrid ${service}`)
    .setVersion('1')
    .build();
  return SwaggerModule.createDocument(app, config);
}
