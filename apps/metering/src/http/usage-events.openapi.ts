import { ApiOperation } from '@nestjs/swagger';
import { openApiSchema } from '@tokengrid/service';
import { z } from 'zod';
import { cloudEvent, usageData } from './cloud-event.ts';

type RequestBody = NonNullable<Parameters<typeof ApiOperation>[0]['requestBody']>;

const onTheWire = (schema: z.ZodType) => ({ schema: openApiSchema(schema)!.schema });

const requestBody = {
  required: true,
  description: 'CloudEvents 1.0, in one of the three content modes',
  content: {
    'application/cloudevents+json': onTheWire(cloudEvent),
    'application/cloudevents-batch+json': onTheWire(z.array(cloudEvent)),
    'application/json': onTheWire(
      usageData.describe('binary mode: the data; the attributes are in headers named ce-<attribute>'),
    ),
  },
} as unknown as RequestBody;

/** Documents the three forms in which usage is taken; a pipe that checks one schema could not tell them apart. */
export const TakesUsageEvents = (): MethodDecorator => ApiOperation({ summary: 'Reports usage', requestBody });
