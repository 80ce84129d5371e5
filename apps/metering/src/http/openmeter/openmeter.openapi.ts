import { ApiOperation } from '@nestjs/swagger';
import { openApiSchema } from '@tokengrid/service';
import { z } from 'zod';

type RequestBody = NonNullable<Parameters<typeof ApiOperation>[0]['requestBody']>;

const event = z
  .looseObject({
    specversion: z.string(),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string(),
    time: z.string().optional(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({
    description: 'a CloudEvent 1.0, read by the source of its type',
    example: {
      ...{ specversion: '1.0', id: 'chatcmpl-1', source: 'litellm-proxy', type: 'litellm_tokens' },
      ...{ subject: 'sub_01jzxw9k3de5v8m2q4r6t8y0ab', time: '2026-01-31T08:00:00Z' },
      data: { model: 'qwen-72b', prompt_tokens: 374, completion_tokens: 44, total_tokens: 418 },
    },
  });

const onTheWire = (title: string, schema: z.ZodType) => ({ schema: { title, ...openApiSchema(schema)!.schema } });

const requestBody = {
  required: true,
  description: 'CloudEvents 1.0, as clients of OpenMeter send them',
  content: {
    'application/cloudevents+json': onTheWire('OpenMeterEvent', event),
    'application/cloudevents-batch+json': onTheWire('OpenMeterEvents', z.array(event)),
    'application/json': onTheWire('OpenMeterEventOrEvents', z.union([event, z.array(event)])),
  },
} as unknown as RequestBody;

/** Documents what OpenMeter's clients send. */
export const TakesOpenMeterEvents = (): MethodDecorator => ApiOperation({ requestBody });
