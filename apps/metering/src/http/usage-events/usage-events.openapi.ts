import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import { openApiSchema } from '@tokengrid/service';
import { z } from 'zod';
import { cloudEvent, usageData } from '../../usage-events/cloud-event.ts';

type RequestBody = NonNullable<Parameters<typeof ApiOperation>[0]['requestBody']>;

/**
 * Content of a mode.
 * @param title name of its type in generated clients, which media types do not distinguish
 */
const onTheWire = (title: string, schema: z.ZodType) => ({ schema: { title, ...openApiSchema(schema)!.schema } });

const requestBody = {
  required: true,
  description: 'CloudEvents 1.0, in one of the three content modes',
  content: {
    'application/cloudevents+json': onTheWire('UsageEvent', cloudEvent),
    'application/cloudevents-batch+json': onTheWire('UsageEvents', z.array(cloudEvent)),
    'application/json': onTheWire(
      'UsageData',
      usageData.describe('Data of an event in binary mode; its attributes are in headers named ce-<attribute>'),
    ),
  },
} as unknown as RequestBody;

const attributes: Readonly<Record<string, string>> = {
  specversion: 'Version of CloudEvents: `1.0`',
  id: 'Id of the event; with the source, unique for the reporter',
  source: 'Source of the event',
  type: 'Type of the event',
  subject: 'Id of the paying party',
  time: 'Time of use; now by default',
};

const ofBinaryMode = Object.entries(attributes).map(([name, description]) =>
  ApiHeader({ name: `ce-${name}`, required: false, description: `${description}. Binary mode only` }),
);

/** Documents the three content modes, which a pipe with one schema could not distinguish. */
export const TakesUsageEvents = (): MethodDecorator => applyDecorators(ApiOperation({ requestBody }), ...ofBinaryMode);
