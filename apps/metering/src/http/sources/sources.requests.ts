import {
  eventPointer,
  isBlank,
  meterName,
  modelName,
  mostSourceMeters,
  slug,
  type SourceField,
} from '@tokengrid/contracts';
import { z } from 'zod';
import { reservedTypes } from '../../usage-events/sourced-event.ts';

const fixedCount = z
  .string()
  .regex(/^(0|[1-9]\d{0,17})(\.\d{1,6})?$/, 'must be a decimal string of up to 18 digits and 6 decimals');

const place = eventPointer.meta({
  description: 'JSON pointer into the event (RFC 6901)',
  example: '/data/usage/prompt_tokens',
});

const fieldOr = (value: z.ZodType<string>) =>
  z
    .union([place, z.strictObject({ value })], 'must be a JSON pointer into the event, or {"value": …}')
    .transform((given): SourceField => (typeof given === 'string' ? { pointer: given } : given));

/** Path of a source. */
export const SourceParameters = z.strictObject({
  type: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not have control characters')
    .refine((type) => !isBlank(type), 'must not be blank')
    .refine((type) => !type.startsWith(reservedTypes), `types that begin with "${reservedTypes}" have no source`)
    .meta({ description: '`type` of the CloudEvents', example: 'chat.answered' }),
});
export type SourceParameters = z.output<typeof SourceParameters>;

/** A mapping: a JSON pointer each, or a value that is always the same. */
export const SourceRequest = z
  .strictObject({
    app: fieldOr(slug).optional().meta({ description: 'Place of the slug of the app, or `{"value": slug}`' }),
    model: fieldOr(modelName).optional().meta({ description: 'Place of the name of the model, or `{"value": name}`' }),
    units: z
      .record(meterName, fieldOr(fixedCount))
      .refine((units) => Object.keys(units).length > 0, 'must name at least one meter')
      .refine(
        (units) => Object.keys(units).length <= mostSourceMeters,
        `must not name more than ${mostSourceMeters} meters`,
      )
      .meta({ description: 'Places of units by meter, or `{"value": "1"}`; a member that is absent is not counted' }),
  })
  .refine(({ app, model }) => app !== undefined || model !== undefined, 'must have an app, a model, or both')
  .meta({
    example: {
      model: '/data/model',
      units: { input_tokens: '/data/usage/prompt_tokens', requests: { value: '1' } },
    },
  });
export type SourceRequest = z.output<typeof SourceRequest>;

/** Usage event that a sample would become. */
export const TriedAnswer = z
  .strictObject({
    use: z
      .strictObject({
        source: z.string(),
        eventId: z.string(),
        party: z.string(),
        app: z.string().optional(),
        model: z.string().optional(),
        units: z.record(z.string(), z.string()),
        time: z.string(),
      })
      .optional()
      .meta({ description: 'Use that the event would report' }),
    errors: z
      .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'Faults of the event; absent if it would be accepted' }),
  })
  .meta({
    id: 'TriedEvent',
    example: { errors: [{ pointer: '/data/usage/prompt_tokens', detail: 'must be a whole number' }] },
  });
